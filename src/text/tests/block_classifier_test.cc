// SPDX-License-Identifier: Apache-2.0
#include "block_classifier.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace valence::text {
namespace {

TEST(BlockClassifier, MapsEveryByteAndMarksSeparatorsAndRareOnes) {
  ByteTable table;
  table.fill(kRareByte);
  for (std::size_t c = 1; c < 0x80; ++c) table[c] = static_cast<std::uint8_t>(c);
  table[' '] = kSeparatorByte;
  table['A'] = 'a';
  char in[kBlockBytes];
  std::memset(in, 'A', sizeof in);
  in[0] = ' ';
  in[63] = '\xC3';
  char out[kBlockBytes];
  const BlockMasks masks = ClassifyBlockPortably(table, in, out);
  EXPECT_EQ(masks.separators, 1u);
  EXPECT_EQ(masks.rare, std::uint64_t{1} << 63);
  EXPECT_EQ(out[1], 'a');
}

TEST(BlockClassifier, AgreesWithItselfOnEveryProcessor) {
  std::mt19937_64 random(1);
  ByteTable table;
  table.fill(kRareByte);
  for (std::size_t c = 0; c < 0x80; ++c) {
    const std::uint64_t kind = random() % 8;
    table[c] = kind == 0 ? kSeparatorByte : kind == 1 ? kRareByte : static_cast<std::uint8_t>(1 + random() % 127);
  }
  for (int round = 0; round < 1000; ++round) {
    char in[kBlockBytes], portable[kBlockBytes], best[kBlockBytes];
    for (char& c : in) c = static_cast<char>(random());
    const BlockMasks a = ClassifyBlockPortably(table, in, portable);
    const BlockMasks b = BestClassifyBlock()(table, in, best);
    ASSERT_EQ(a.rare, b.rare);
    ASSERT_EQ(a.separators & ~a.rare, b.separators & ~b.rare);
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
      const bool is_rare = (a.rare >> i & 1) != 0;
      ASSERT_TRUE(is_rare || portable[i] == best[i]) << i;
    }
  }
}

}  // namespace
}  // namespace valence::text
