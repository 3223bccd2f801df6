// SPDX-License-Identifier: Apache-2.0
#include "valence/text/unicode.h"

#include <gtest/gtest.h>

namespace valence::text {
namespace {

std::string Lower(std::string_view text) {
  std::string out;
  AppendLower(text, &out);
  return out;
}

TEST(Unicode, AgreesWithPythonOnEveryCodePoint) { EXPECT_EQ(ComputedUnicodeChecksums(), RecordedUnicodeChecksums()); }

TEST(Unicode, WordCharactersAreAlphanumericsAndUnderscore) {
  EXPECT_TRUE(IsWordChar('_'));
  EXPECT_TRUE(IsWordChar(0xB2));    // superscript two
  EXPECT_TRUE(IsWordChar(0x4E8C));  // CJK two
  EXPECT_FALSE(IsWordChar(0x301));  // combining acute: a mark, though not for the `regex` package
  EXPECT_TRUE(IsRegexWordChar(0x301));
  EXPECT_FALSE(IsWordChar('-'));
}

TEST(Unicode, SpaceIncludesTheFourSeparatorControls) {
  EXPECT_TRUE(IsSpace(0x1C));
  EXPECT_TRUE(IsSpace(0x1F));
  EXPECT_FALSE(IsRegexSpace(0x1C));
  EXPECT_TRUE(IsSpace(0xA0));
  EXPECT_FALSE(IsSpace(0x200B));  // ZERO WIDTH SPACE is no white space
}

TEST(Unicode, AsciiSpaceIsTheTenCharactersOfPython) {
  std::u32string spaces;
  for (char32_t c = 0; c < 0x80; ++c) {
    if (IsSpace(c)) spaces.push_back(c);
  }
  EXPECT_EQ(spaces, U"\t\n\v\f\r\x1C\x1D\x1E\x1F ");
}

TEST(Unicode, DigitsAreNotFractionsOrRomanNumerals) {
  EXPECT_TRUE(IsDigit('7'));
  EXPECT_TRUE(IsDigit(0xB2));
  EXPECT_TRUE(IsDigit(0x2460));   // circled one
  EXPECT_FALSE(IsDigit(0xBD));    // one half
  EXPECT_FALSE(IsDigit(0x2167));  // Roman numeral eight
}

TEST(Lower, TurnsTheDottedCapitalIIntoTwoCharacters) { EXPECT_EQ(Lower("\u0130X"), "i\u0307x"); }

TEST(Lower, SigmaIsFinalAfterALetterAndBeforeNone) {
  EXPECT_EQ(Lower("ΟΔΟΣ"), "οδος");
  EXPECT_EQ(Lower("ΟΔΟΣ."), "οδος.");        // a full stop is case-ignorable, and after it nothing follows
  EXPECT_EQ(Lower("ΟΣ.Α"), "οσ.α");          // ... but here a letter does
  EXPECT_EQ(Lower("Σ"), "σ");                // nothing before
  EXPECT_EQ(Lower("Α\u0301Σ"), "α\u0301ς");  // the accent is looked through
  EXPECT_EQ(Lower("1Σ"), "1σ");
}

}  // namespace
}  // namespace valence::text
