// SPDX-License-Identifier: Apache-2.0
#include "valence/text/unicode.h"

#include <cstddef>

#include "valence/base/utf8.h"

namespace valence::text {
namespace {

#include "unicode_tables.inc"

constexpr char32_t kCodePoints = 0x110000;
constexpr unsigned kBlockBits = 7;

// The generator has the same list.
enum Flag : std::uint8_t {
  kWord = 1 << 0,
  kSpace = 1 << 1,
  kDigit = 1 << 2,
  kCased = 1 << 3,
  kCaseIgnorable = 1 << 4,
  kLowers = 1 << 5,
  kRegexWord = 1 << 6,
  kRegexDigit = 1 << 7,
};

template <std::size_t kStage1, std::size_t kStage2>
std::uint8_t LookUp(const std::uint8_t (&index)[kStage1], const std::uint8_t (&blocks)[kStage2], char32_t c) {
  const std::size_t block = index[c >> kBlockBits];
  return blocks[(block << kBlockBits) | (c & ((1u << kBlockBits) - 1))];
}

std::uint8_t Flags(char32_t c) { return LookUp(kFlagIndex, kFlagBlocks, c); }

bool Has(char32_t c, Flag flag) { return (Flags(c) & flag) != 0; }

std::uint64_t Fnv1a(std::uint64_t digest, std::uint32_t number) { return (digest ^ number) * 0x100000001B3u; }

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

bool CasedBefore(std::string_view text, std::size_t position) {
  while (position > 0) {
    do --position;
    while (IsContinuation(text[position]));
    const char32_t c = utf8::Decode(text.data() + position).code_point;
    if (!IsCaseIgnorable(c)) return IsCased(c);
  }
  return false;
}

bool CasedAfter(std::string_view text, std::size_t position) {
  while (position < text.size()) {
    const utf8::Decoded d = utf8::Decode(text.data() + position);
    if (!IsCaseIgnorable(d.code_point)) return IsCased(d.code_point);
    position += d.length;
  }
  return false;
}

}  // namespace

bool IsWordChar(char32_t c) { return Has(c, kWord); }
bool internal::IsSpaceBeyondAscii(char32_t c) { return Has(c, kSpace); }
bool IsDigit(char32_t c) { return Has(c, kDigit); }
bool IsRegexWordChar(char32_t c) { return Has(c, kRegexWord); }
bool IsRegexDigit(char32_t c) { return Has(c, kRegexDigit); }
bool IsRegexSpace(char32_t c) { return IsSpace(c) && !(c >= 0x1C && c <= 0x1F); }
bool IsCased(char32_t c) { return Has(c, kCased); }
bool IsCaseIgnorable(char32_t c) { return Has(c, kCaseIgnorable); }
bool HasLower(char32_t c) { return Has(c, kLowers); }

char32_t LowerChar(char32_t c) {
  const std::int32_t delta = kLowerDeltas[LookUp(kLowerIndex, kLowerBlocks, c)];
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + delta);
}

// CPython's Objects/unicodeobject.c, handle_capital_sigma: final if a cased letter comes before and none after, where
// case-ignorable characters are looked through.
char32_t LowerSigma(std::string_view text, std::size_t position) {
  const bool is_final = CasedBefore(text, position) && !CasedAfter(text, position + 2);
  return is_final ? kFinalSigma : kSmallSigma;
}

void AppendLower(std::string_view text, std::string* out) {
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Decoded d = utf8::Decode(text.data() + i);
    if (d.code_point == kCapitalSigma) {
      utf8::Append(LowerSigma(text, i), out);
    } else if (d.code_point == kCapitalIWithDot) {
      out->append(kLowerIWithDot);
    } else {
      utf8::Append(LowerChar(d.code_point), out);
    }
    i += d.length;
  }
}

UnicodeChecksums RecordedUnicodeChecksums() { return {kFlagsChecksum, kLowerChecksum}; }

UnicodeChecksums ComputedUnicodeChecksums() {
  constexpr std::uint64_t kStart = 0xCBF29CE484222325u;
  UnicodeChecksums sums{kStart, kStart};
  for (char32_t c = 0; c < kCodePoints; ++c) {
    sums.flags = Fnv1a(sums.flags, Flags(c));
    sums.lower = Fnv1a(sums.lower, LowerChar(c));
  }
  return sums;
}

}  // namespace valence::text
