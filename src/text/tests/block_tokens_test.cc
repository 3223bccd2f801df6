// SPDX-License-Identifier: Apache-2.0
#include "block_tokens.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "block_classifier.h"

namespace valence::text {
namespace {

using Fields = std::array<std::uint32_t, 4>;

std::vector<Fields> Write(WriteBlockTokens write, const BlockTokens& tokens) {
  std::array<SurfaceToken, kBlockTokensRoom> room;
  const std::size_t count = write(tokens, room.data());
  std::vector<Fields> fields;
  for (std::size_t i = 0; i < count; ++i)
    fields.push_back({room[i].offset, room[i].length, room[i].begin, room[i].end});
  return fields;
}

TEST(BlockTokens, HoldsWhereEachIsInBothTexts) {
  const BlockTokens tokens{0b00010001, 0b00100100, 1000, 2000};
  const std::vector<Fields> expected{{1000, 2, 2000, 2002}, {1004, 1, 2004, 2005}};
  EXPECT_EQ(Write(WriteBlockTokensPortably, tokens), expected);
  EXPECT_EQ(Write(BestWriteBlockTokens(), tokens), expected);
}

TEST(BlockTokens, LeavesOutTheOneThatGoesOn) {
  const BlockTokens tokens{std::uint64_t{1} << 63 | 1, 0b10, 0, 0};
  const std::vector<Fields> expected{{0, 1, 0, 1}};
  EXPECT_EQ(Write(WriteBlockTokensPortably, tokens), expected);
  EXPECT_EQ(Write(BestWriteBlockTokens(), tokens), expected);
}

TEST(BlockTokens, AreTheSameOnEveryProcessor) {
  std::mt19937_64 random(1);
  std::size_t most = 0;
  for (int round = 0; round < 10000; ++round) {
    // From no members to all, with every other byte one (32 tokens) among them.
    std::uint64_t members = random();
    for (int i = round % 4; i > 1; --i) members &= random();
    if (round % 100 == 0) members = 0x5555555555555555;
    const std::uint64_t before = members << 1;
    const BlockTokens tokens{members & ~before, ~members & before, static_cast<std::uint32_t>(random() >> 33),
                             static_cast<std::uint32_t>(random() >> 33)};
    const std::vector<Fields> expected = Write(WriteBlockTokensPortably, tokens);
    ASSERT_EQ(Write(BestWriteBlockTokens(), tokens), expected) << std::hex << members;
    most = std::max(most, expected.size());
  }
  EXPECT_EQ(most, kBlockBytes / 2);
}

}  // namespace
}  // namespace valence::text
