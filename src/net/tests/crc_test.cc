// SPDX-License-Identifier: Apache-2.0
#include "crc.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace valence::net::internal {
namespace {

TEST(Crc, HasTheCatalogueCheckValues) {  // of "123456789"
  EXPECT_EQ(Crc::OfName("crc32")->Update(0, "123456789"), 0xCBF43926u);
  EXPECT_EQ(Crc::OfName("crc32c")->Update(0, "123456789"), 0xE3069283u);
  EXPECT_EQ(Crc::OfName("crc64nvme")->Update(0, "123456789"), 0xAE8B14860A799888u);
  EXPECT_FALSE(Crc::OfName("sha1").has_value());
}

TEST(Crc, PiecesAndPartsGiveTheSameAsTheWhole) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i);
  for (const char* name : {"crc32", "crc32c", "crc64nvme"}) {
    const Crc crc = *Crc::OfName(name);
    const std::uint64_t whole = crc.Update(0, text);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{13}, text.size()}) {
      const std::string_view first = std::string_view(text).substr(0, cut);
      const std::string_view second = std::string_view(text).substr(cut);
      EXPECT_EQ(crc.Update(crc.Update(0, first), second), whole) << name << cut;
      EXPECT_EQ(crc.Combine(crc.Update(0, first), crc.Update(0, second), second.size()), whole) << name << cut;
    }
  }
}

TEST(Crc, OfManyBytesIsThatOfThemOneByOne) {  // folded and by table
  std::string text;
  for (int i = 0; i < 500; ++i) text += static_cast<char>(i * i * 37 + i);
  for (const char* name : {"crc32", "crc32c", "crc64nvme"}) {
    const Crc crc = *Crc::OfName(name);
    std::uint64_t slow = 0;
    for (std::size_t size = 1; size <= text.size(); ++size) {
      slow = crc.Update(slow, std::string_view(text).substr(size - 1, 1));
      EXPECT_EQ(crc.Update(0, std::string_view(text).substr(0, size)), slow) << name << size;
    }
  }
}

TEST(Crc, IsBase64OfBigEndianBytes) {
  EXPECT_EQ(Crc::OfName("crc32")->ToBase64(0xCBF43926), "y/Q5Jg==");
  EXPECT_EQ(Crc::OfName("crc64nvme")->ToBase64(0xAE8B14860A799888), "rosUhgp5mIg=");
}

}  // namespace
}  // namespace valence::net::internal
