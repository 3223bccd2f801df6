// SPDX-License-Identifier: Apache-2.0
#include "valence/base/utf8.h"

#include <gmock/gmock.h>

namespace valence::utf8 {
namespace {

using ::testing::Optional;

// Well-formed, at both ends of each length: U+0000, U+007F, U+0080, U+07FF, U+0800, U+D7FF, U+E000, U+FFFF, U+10000,
// U+10FFFF.
constexpr std::u32string_view kEdges(U"\0\x7F\x80\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF", 10);

TEST(Append, ThenDecodeGivesTheCodePointBack) {
  for (const char32_t code_point : kEdges) {
    std::string bytes;
    Append(code_point, &bytes);
    EXPECT_TRUE(IsValid(bytes));
    EXPECT_EQ(Decode(bytes.data()).code_point, code_point);
    EXPECT_EQ(Decode(bytes.data()).length, bytes.size());
  }
}

TEST(Append, WritesTheStandardsBytes) {
  std::string bytes;
  Append(U'€', &bytes);
  Append(U'\U0001F600', &bytes);
  EXPECT_EQ(bytes, "\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(FindInvalid, AcceptsWellFormedText) { EXPECT_EQ(FindInvalid("plain, é, €, 😀"), std::nullopt); }

TEST(FindInvalid, GivesTheFirstBadByte) {
  const std::string front(1000, 'x');
  EXPECT_THAT(FindInvalid(front + "\xC3\xA9\xFF\xFE"), Optional(1002u));
  EXPECT_THAT(FindInvalid("ab\x80"), Optional(2u));
  EXPECT_THAT(FindInvalid("\xC0\xAF"), Optional(0u));              // overlong
  EXPECT_THAT(FindInvalid("a\xED\xA0\x80"), Optional(1u));         // surrogate
  EXPECT_THAT(FindInvalid("a\xF4\x90\x80\x80"), Optional(1u));     // past U+10FFFF
  EXPECT_THAT(FindInvalid("\xE2\x82\xAC\xE2\x82"), Optional(3u));  // cut short
}

TEST(Length, CountsCodePoints) {
  EXPECT_EQ(Length(""), 0u);
  EXPECT_EQ(Length("aé€😀"), 4u);
}

TEST(Truncate, DoesNotCutACodePoint) {
  EXPECT_EQ(Truncate("a€b", 10), "a€b");
  EXPECT_EQ(Truncate("a€b", 4), "a€");
  EXPECT_EQ(Truncate("a€b", 3), "a");
  EXPECT_EQ(Truncate("€", 2), "");
}

struct RepairCase {
  std::string_view bytes;
  std::string_view repaired;  // '?' stands for U+FFFD
};

// Expected values: Python 3, bytes.decode("utf-8", "replace").
TEST(Repair, IsPythonsDecodeWithReplace) {
  const RepairCase cases[] = {
      {"fine é", "fine é"},
      {"a\xff"
       "b",
       "a?b"},
      {"\xc0\xaf", "??"},
      {"\xe0\x80\x41", "??A"},
      {"\xe2\x82", "?"},
      {"\xed\xa0\x80", "???"},
      {"\xf0\x90\x80", "?"},
      {"\xf4\x90\x80\x80", "????"},
      {"\xf8\x88\x80\x80\x80", "?????"},
      {"\xf1\x80\x80\xe1\x80\xc2"
       "b\x80\xbf",
       "???b??"},
  };
  for (const RepairCase& c : cases) {
    std::string expected;
    for (const char byte : c.repaired) expected += byte == '?' ? "\xEF\xBF\xBD" : std::string(1, byte);
    EXPECT_EQ(Repair(c.bytes), expected);
  }
}

}  // namespace
}  // namespace valence::utf8
