// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Character properties as Python 3.11 (Unicode 14) sees them. Not ICU's, nor the C library's: parity with Python
/// depends on Python's version of Unicode. All functions take any value below 0x110000; surrogates have no property.
/// Tables: unicode_tables.inc, made by tools/gen_unicode_tables.py.
namespace valence::text {

/// `re`'s \w: str.isalnum() or '_'.
bool IsWordChar(char32_t c);
namespace internal {
bool IsSpaceBeyondAscii(char32_t c);
}

/// str.isspace(), which is also `re`'s \s (so it includes U+001C to U+001F and NO-BREAK SPACE).
inline bool IsSpace(char32_t c) {
  if (c >= 0x80) return internal::IsSpaceBeyondAscii(c);
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
}
/// str.isdigit(): decimal digits of any script, superscripts, circled digits; not fractions or Roman numerals.
bool IsDigit(char32_t c);
/// \w and \d of the `regex` package that NLTK's tokenisers run on: marks are word characters there.
bool IsRegexWordChar(char32_t c);
bool IsRegexDigit(char32_t c);
/// \s of the `regex` package: White_Space, without U+001C to U+001F.
bool IsRegexSpace(char32_t c);
/// Cased and Case_Ignorable, which decide how a capital sigma is lower-cased.
bool IsCased(char32_t c);
bool IsCaseIgnorable(char32_t c);

/// The one-character lower case of `c`; U+0130, whose lower case has two, is returned unchanged.
char32_t LowerChar(char32_t c);
/// True if str.lower() changes the one-character string `c` (true for U+0130).
bool HasLower(char32_t c);

inline constexpr char32_t kCapitalSigma = 0x3A3;
inline constexpr char32_t kFinalSigma = 0x3C2;
inline constexpr char32_t kSmallSigma = 0x3C3;
inline constexpr char32_t kCapitalIWithDot = 0x130;
inline constexpr std::string_view kLowerIWithDot = "i\xCC\x87";

/// What str.lower() makes of the capital sigma at text[position, position + 2): final or small sigma.
char32_t LowerSigma(std::string_view text, std::size_t position);

/// Appends str.lower() of well-formed UTF-8.
void AppendLower(std::string_view text, std::string* out);

/// Checksums over all code points that the generator computed in Python, and that the tables must reproduce.
struct UnicodeChecksums {
  std::uint64_t flags = 0;
  std::uint64_t lower = 0;
  bool operator==(const UnicodeChecksums&) const = default;
};
UnicodeChecksums RecordedUnicodeChecksums();
UnicodeChecksums ComputedUnicodeChecksums();

}  // namespace valence::text
