// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sink.h"

/// Steps over the words of text.split(), joined by single spaces.
namespace valence::text {

/// What a step makes of a word: another (possibly the same, possibly empty), or nothing: then the word is dropped.
/// `hash` is HashToken(word). The result may live in *scratch.
using WordMap = std::optional<std::string_view> (*)(std::string_view word, std::uint64_t hash, std::string* scratch);

std::optional<std::string_view> DropStopWord(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> LemmatizeNoun(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> LemmatizeVerb(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> LemmatizeAdjective(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> LemmatizeAdverb(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> StemWordPorter(std::string_view word, std::uint64_t hash, std::string* scratch);
std::optional<std::string_view> StemWordSnowball(std::string_view word, std::uint64_t hash, std::string* scratch);

/// ' '.join(map(w) for w in text.split() if it is not dropped). A space is made from the white space before its word.
void MapWords(std::string_view text, WordMap map, Sink& out);

/// The same over whole texts, one per step.
void FoldWhitespace(std::string_view text, Sink& out);
template <WordMap kMap>
void MapWords(std::string_view text, Sink& out) {
  MapWords(text, kMap, out);
}

}  // namespace valence::text
