// SPDX-License-Identifier: Apache-2.0
#include "valence/text/token_pattern.h"

#include <cstdint>
#include <string>

#include "scan.h"
#include "valence/text/unicode.h"

namespace valence::text {
namespace {

constexpr std::string_view kWords2Pattern = "(?u)\\b\\w\\w+\\b";
constexpr std::string_view kWords1Pattern = "(?u)\\b\\w+\\b";
constexpr std::string_view kWhitespacePattern = "\\S+";

// The same as IsWordChar and IsSpace, without a call for the characters that most text is made of.
bool IsWord(char32_t c) {
  constexpr std::uint64_t kDigits = 0x03FF000000000000u;   // 0x00 to 0x3F
  constexpr std::uint64_t kLetters = 0x07FFFFFE87FFFFFEu;  // 0x40 to 0x7F, and '_'
  if (c >= 0x80) return IsWordChar(c);
  return ((c < 0x40 ? kDigits : kLetters) >> (c & 0x3F) & 1) != 0;
}

bool IsNoSpace(char32_t c) {
  constexpr std::uint64_t kSpaces = 0x00000001F0003E00u;  // \t to \r, 0x1C to 0x20
  if (c >= 0x80) return !IsSpace(c);
  return c >= 0x40 || (kSpaces >> c & 1) == 0;
}

template <class Predicate>
void FindRuns(std::string_view text, Predicate is_member, bool drop_single, std::vector<std::string_view>* tokens) {
  const auto is_gap = [is_member](char32_t c) { return !is_member(c); };
  for (std::size_t end = 0;;) {
    const std::size_t begin = EndOfRun(text, end, is_gap);
    if (begin == text.size()) return;
    end = EndOfRun(text, begin, is_member);
    if (drop_single && begin + utf8::Decode(text.data() + begin).length == end) continue;
    tokens->push_back(text.substr(begin, end - begin));
  }
}

}  // namespace

Result<TokenPattern> TokenPattern::Parse(std::string_view pattern) {
  const std::string_view wanted = pattern;
  if (pattern.starts_with("(?u)")) pattern.remove_prefix(4);
  if (pattern == kWords2Pattern.substr(4)) return TokenPattern(Kind::kWords2);
  if (pattern == kWords1Pattern.substr(4) || pattern == "\\w+") return TokenPattern(Kind::kWords1);
  if (pattern == kWhitespacePattern) return TokenPattern(Kind::kWhitespace);
  return Error{ErrorCode::kUnimplemented, "token_pattern '" + std::string(wanted) + "' is not supported; use one of " +
                                              std::string(kWords2Pattern) + " , " + std::string(kWords1Pattern) +
                                              " , " + std::string(kWhitespacePattern)};
}

std::string_view TokenPattern::pattern() const {
  switch (kind_) {
    case Kind::kWords2:
      return kWords2Pattern;
    case Kind::kWords1:
      return kWords1Pattern;
    case Kind::kWhitespace:
      break;
  }
  return kWhitespacePattern;
}

void TokenPattern::FindAll(std::string_view text, std::vector<std::string_view>* tokens) const {
  // A maximal run of word characters is what \b\w+\b finds: its edges are the only word boundaries.
  if (kind_ == Kind::kWhitespace) {
    return FindRuns(
        text, [](char32_t c) { return IsNoSpace(c); }, false, tokens);
  }
  FindRuns(
      text, [](char32_t c) { return IsWord(c); }, kind_ == Kind::kWords2, tokens);
}

}  // namespace valence::text
