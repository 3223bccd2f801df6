// SPDX-License-Identifier: Apache-2.0
#include "json_piece.h"

#include <gtest/gtest.h>

#include <string>

#include "copy_if_plain.h"

namespace valence::serving {
namespace {

// Both with and without more to read behind the text.
TEST(CopyIfPlain, CopiesEverySize) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789";
  for (std::size_t size = 0; size <= all.size(); ++size) {
    for (const std::size_t readable : {size, all.size()}) {
      std::string out(size + kCopyStep + 1, '#');
      EXPECT_TRUE(CopyIfPlain(std::string_view(all).substr(0, size), readable, out.data()));
      EXPECT_EQ(out.substr(0, size), all.substr(0, size));
      EXPECT_EQ(out.back(), '#');
    }
  }
}

TEST(CopyIfPlain, KnowsEveryByteAtEveryPlaceAndLooksAtNoneBehind) {
  std::string out(100, ' ');
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        const std::string more = text + std::string(kCopyStep, '"');
        ASSERT_EQ(CopyIfPlain(text, text.size(), out.data()), IsPlainInJson(text)) << size << " " << at << " " << c;
        ASSERT_EQ(CopyIfPlain({more.data(), size}, more.size(), out.data()), IsPlainInJson(text))
            << size << " " << at << " " << c;
      }
    }
  }
}

TEST(JsonPiece, WritesEachKind) {
  std::string out = "before ";
  JsonPiece::Room room;
  JsonPiece(&room, &out)
      .Add('[')
      .Add(std::int64_t{-12})
      .Add(",")
      .Add(std::int64_t{0})
      .Add(",")
      .Add(std::int64_t{99'999'999})
      .Add(",")
      .Add(std::int64_t{100'000'000})
      .Add(",")
      .Add(0.25)
      .Add(',')
      .Add(3.0)
      .Add(',')
      .AddString("a\"b")
      .Add(']');
  EXPECT_EQ(out, R"(before [-12,0,99999999,100000000,0.25,3.0,"a\"b"])");
}

TEST(JsonPiece, NumbersLookLikeNumbersWithAFraction) {
  for (const auto& [number, text] :
       {std::pair{0.0, "0.0"}, {-0.0, "-0.0"}, {1e300, "1e+300"}, {123456.0, "123456.0"}}) {
    std::string out;
    JsonPiece::Room room;
    JsonPiece(&room, &out).Add(number);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonPiece, WhatWasThereBeforeMakesNoFraction) {
  std::string out;
  const std::string dots(2048, '.');  // as much as fits
  JsonPiece::Room room;
  JsonPiece(&room, &out).Add(dots).Add(5.0).Add(dots).Add(-7.0).Add(dots).Add(12.0);
  EXPECT_EQ(out, dots + "5.0" + dots + "-7.0" + dots + "12.0");
}

TEST(JsonPiece, IsTheSameWhateverFitsAtOnce) {
  for (std::size_t size = 0; size < 5000; size += 37) {
    const std::string plain(size, 'x');
    const std::string odd = plain + "\n";
    std::string out;
    std::string expected;
    {
      JsonPiece::Room room;
      JsonPiece piece(&room, &out);
      for (int i = 0; i < 5; ++i) {
        piece.Add(plain).AddString(plain).AddString(odd).Add(0.5);
        expected.append(plain).append("\"" + plain + "\"").append("\"" + plain + "\\n\"").append("0.5");
      }
    }
    ASSERT_EQ(out, expected) << size;
  }
}

}  // namespace
}  // namespace valence::serving
