// SPDX-License-Identifier: Apache-2.0
#include "analyzer.h"

#include <fmt/format.h>

#include <algorithm>

#include "characters.h"
#include "valence/text/unicode.h"

namespace valence::features::internal {
namespace {

Status CheckRange(const std::pair<std::int64_t, std::int64_t>& range) {
  constexpr std::int64_t kLongest = 64;
  if (range.first >= 1 && range.first <= range.second && range.second <= kLongest) return Ok();
  return InvalidArgument(fmt::format("featurize.ngram_range: got [{}, {}], expected 1 <= shortest <= longest <= {}",
                                     range.first, range.second, kLongest));
}

// Most processed text is lower-case ASCII already and needs no copy. One pass without branches, so that it vectorises.
bool IsLowerAscii(std::string_view text) {
  bool other = false;
  for (const char c : text) other |= (c < 0) | ((c >= 'A') & (c <= 'Z'));
  return !other;
}

}  // namespace

Result<Analyzer> Analyzer::Make(const VectorizerConfig& config) {
  VALENCE_RETURN_IF_ERROR(CheckRange(config.ngram_range));
  Kind kind = Kind::kWord;
  if (config.analyzer == "char") {
    kind = Kind::kChar;
  } else if (config.analyzer == "char_wb") {
    kind = Kind::kCharWb;
  } else if (config.analyzer != "word") {
    return InvalidArgument(
        fmt::format("featurize.analyzer: got '{}', expected word, char or char_wb", config.analyzer));
  }
  text::TokenPattern pattern(text::TokenPattern::Kind::kWords2);
  if (kind == Kind::kWord) {
    VALENCE_TRY(pattern, text::TokenPattern::Parse(config.token_pattern));
  }
  Analyzer analyzer(kind, pattern);
  analyzer.lowercase_ = config.lowercase;
  analyzer.min_length_ = static_cast<std::size_t>(config.ngram_range.first);
  analyzer.max_length_ = static_cast<std::size_t>(config.ngram_range.second);
  return analyzer;
}

std::string_view Analyzer::Space() {
  static constexpr std::string_view kSpace = " ";
  return kSpace;
}

void Analyzer::Tokenize(std::string_view document, std::string* lowered, std::vector<std::string_view>* tokens) const {
  if (!lowercase_ || IsLowerAscii(document)) return TokenizeLowered(document, tokens);
  lowered->clear();
  text::AppendLower(document, lowered);
  TokenizeLowered(*lowered, tokens);
}

void Analyzer::TokenizeLowered(std::string_view text, std::vector<std::string_view>* tokens) const {
  tokens->clear();
  switch (kind_) {
    case Kind::kWord:
      return pattern_.FindAll(text, tokens);
    case Kind::kChar:
      return AppendCharacters(text, Space(), tokens);
    case Kind::kCharWb:
      return AppendPaddedWords(text, Space(), tokens);
  }
}

bool Analyzer::EmitsAny(const std::vector<std::string_view>& tokens) const {
  if (kind_ == Kind::kCharWb) return !tokens.empty();
  return tokens.size() >= min_length_;
}

void Analyzer::SplitTerm(std::string_view term, std::vector<std::string_view>* tokens) const {
  tokens->clear();
  if (kind_ != Kind::kWord) return AppendCodePoints(term, tokens);
  for (std::size_t begin = 0; begin <= term.size();) {
    const std::size_t end = std::min(term.find(' ', begin), term.size());
    tokens->push_back(term.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace valence::features::internal
