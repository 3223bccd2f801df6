// SPDX-License-Identifier: Apache-2.0
#include "shingles.h"

#include <gtest/gtest.h>

#include <string>

namespace valence::data::internal {
namespace {

Shingles Cut(std::string_view text) {
  const WordCutter cutter;
  text::TokenBuffer buffer;
  Shingles shingles;
  CutShingles(cutter, text, &buffer, &shingles);
  return shingles;
}

TEST(Shingles, AreTheDistinctTriplesOfWords) {
  EXPECT_EQ(Cut("a b c d").size(), 2u);
  EXPECT_EQ(Cut("a b c a b c").size(), 3u);  // abc, bca, cab, abc
  EXPECT_EQ(Cut("A, b: C").size(), 1u);
  EXPECT_EQ(Cut("A, b: C"), Cut("a<br />b\tc!"));
  EXPECT_NE(Cut("a b c"), Cut("a c b"));
}

TEST(Shingles, OfAShortTextAreAllItsWords) {
  EXPECT_EQ(Cut("Great phone").size(), 1u);
  EXPECT_EQ(Cut("Great phone!"), Cut("great  PHONE"));
  EXPECT_NE(Cut("great phone"), Cut("great"));
  EXPECT_TRUE(Cut("").empty());
  EXPECT_TRUE(Cut("... !!").empty());
}

TEST(Shingles, JaccardIsCommonOverAll) {
  // abc bcd cde | abc bcd bcx: 2 of 4.
  EXPECT_DOUBLE_EQ(Jaccard(Cut("a b c d e"), Cut("a b c d x")), 2.0 / 4);
  EXPECT_EQ(Jaccard(Cut("a b c"), Cut("a b c")), 1);
  EXPECT_EQ(Jaccard(Cut("a b c"), Cut("d e f")), 0);
  EXPECT_EQ(Jaccard({}, {}), 0);
}

TEST(Shingles, SketchesAgreeAsOftenAsTheSetsAreAlike) {
  // 300 of 500 shingles in common: 0.6. Of 128 places 76.8 agree on average, with a deviation of 5.5.
  Shingles a, b;
  std::uint64_t state = 7;
  for (int i = 0; i < 500; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    if (i < 400) a.push_back(state);
    if (i >= 100) b.push_back(state);
  }
  const Sketch x = MakeSketch(a), y = MakeSketch(b);
  int agree = 0;
  for (std::size_t place = 0; place < kSketchPlaces; ++place) agree += x[place] == y[place] ? 1 : 0;
  EXPECT_NEAR(agree, 76.8, 3 * 5.5);
}

TEST(Shingles, ASketchOfOneShingleHasItEverywhere) {
  const Sketch sketch = MakeSketch(Cut("hello"));
  for (const std::uint32_t value : sketch) EXPECT_EQ(value, sketch[0]);
}

}  // namespace
}  // namespace valence::data::internal
