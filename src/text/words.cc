// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include "scan.h"
#include "valence/text/lemmatize.h"
#include "valence/text/stem.h"
#include "valence/text/stop_words.h"
#include "valence/text/token_hash.h"
#include "valence/text/unicode.h"

namespace valence::text {
namespace {

std::optional<std::string_view> KeepWord(std::string_view word, std::uint64_t, std::string*) { return word; }

}  // namespace

std::optional<std::string_view> DropStopWord(std::string_view word, std::uint64_t hash, std::string*) {
  if (IsStopWord(word, hash)) return std::nullopt;
  return word;
}

std::optional<std::string_view> LemmatizeNoun(std::string_view word, std::uint64_t hash, std::string* scratch) {
  return Lemmatize(word, hash, PartOfSpeech::kNoun, scratch);
}

std::optional<std::string_view> LemmatizeVerb(std::string_view word, std::uint64_t hash, std::string* scratch) {
  return Lemmatize(word, hash, PartOfSpeech::kVerb, scratch);
}

std::optional<std::string_view> LemmatizeAdjective(std::string_view word, std::uint64_t hash, std::string* scratch) {
  return Lemmatize(word, hash, PartOfSpeech::kAdjective, scratch);
}

std::optional<std::string_view> LemmatizeAdverb(std::string_view word, std::uint64_t hash, std::string* scratch) {
  return Lemmatize(word, hash, PartOfSpeech::kAdverb, scratch);
}

std::optional<std::string_view> StemWordPorter(std::string_view word, std::uint64_t, std::string* scratch) {
  StemPorter(word, scratch);
  return *scratch;
}

std::optional<std::string_view> StemWordSnowball(std::string_view word, std::uint64_t, std::string* scratch) {
  StemSnowball(word, scratch);
  return *scratch;
}

void MapWords(std::string_view text, WordMap map, Sink& out) {
  const auto is_word = [](char32_t c) { return !IsSpace(c); };
  std::string scratch;
  bool first = true;
  for (std::size_t end = 0;;) {
    const std::size_t begin = EndOfRun(text, end, IsSpace);
    if (begin == text.size()) return;
    const std::size_t gap = end;
    end = EndOfRun(text, begin, is_word);
    const std::string_view word = text.substr(begin, end - begin);
    const std::optional<std::string_view> mapped = map(word, internal::HashBytes(word), &scratch);
    if (!mapped) continue;
    if (!first) out.Emit(" ", gap, begin);
    first = false;
    if (*mapped == word) {
      out.Copy(begin, end);
    } else {
      out.Emit(*mapped, begin, end);
    }
  }
}

void FoldWhitespace(std::string_view text, Sink& out) { MapWords(text, KeepWord, out); }

}  // namespace valence::text
