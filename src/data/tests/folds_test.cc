// SPDX-License-Identifier: Apache-2.0
#include "valence/data/folds.h"

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <utility>

#include "support/matchers.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Dataset Documents(int a, int b) {
  Dataset documents;
  for (int i = 0; i < a + b; ++i) documents.push_back({"", "text " + std::to_string(i), i < a ? "a" : "b"});
  return documents;
}

TEST(StratifiedFolds, GiveEachFoldItsShareOfEachLabel) {
  const Dataset documents = Documents(23, 10);
  const auto folds = StratifiedFolds(documents, 5, 42);
  ASSERT_THAT(folds, IsOk());
  std::map<std::pair<std::string, int>, int> counts;
  for (std::size_t i = 0; i < documents.size(); ++i) ++counts[{documents[i].label, (*folds)[i]}];
  for (int fold = 0; fold < 5; ++fold) {
    const int a = counts[{"a", fold}];
    EXPECT_TRUE(a == 4 || a == 5) << a;
    const int b = counts[{"b", fold}];
    EXPECT_EQ(b, 2);
  }
}

// StratifiedKFold(3, shuffle=True, random_state=7) of scikit-learn 1.9.1 on ["b"] * 4 + ["a"] * 5; more of them in
// tests/parity/pipeline.
TEST(StratifiedFolds, AreScikitLearns) {
  Dataset documents;
  for (int i = 0; i < 9; ++i) documents.push_back({"", "text " + std::to_string(i), i < 4 ? "b" : "a"});
  const auto folds = StratifiedFolds(documents, 3, 7);
  ASSERT_THAT(folds, IsOk());
  EXPECT_THAT(*folds, ElementsAre(1, 0, 0, 2, 1, 1, 0, 2, 2));
}

TEST(StratifiedFolds, DifferWithTheSeedOnly) {
  const Dataset documents = Documents(50, 50);
  const auto folds = StratifiedFolds(documents, 5, 1), again = StratifiedFolds(documents, 5, 1),
             others = StratifiedFolds(documents, 5, 2);
  ASSERT_TRUE(folds && again && others);
  EXPECT_EQ(*folds, *again);
  EXPECT_NE(*folds, *others);
}

TEST(StratifiedFolds, KeepAlikeTextsTogether) {
  Dataset documents = Documents(20, 20);
  documents.push_back({"", "TEXT  3 ", "a"});
  documents.push_back({"", " text 3", "b"});
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto folds = StratifiedFolds(documents, 4, seed);
    ASSERT_THAT(folds, IsOk());
    EXPECT_EQ((*folds)[40], (*folds)[3]);
    EXPECT_EQ((*folds)[41], (*folds)[3]);
  }
}

TEST(StratifiedFolds, RefuseALabelThatTheFoldsCannotShare) {
  EXPECT_THAT(
      StratifiedFolds(Documents(10, 3), 5, 42),
      IsError(ErrorCode::kInvalidArgument, HasSubstr("label 'b' has 3 training documents, too few for 5 folds")));
  Dataset alike = Documents(10, 0);
  for (int i = 0; i < 5; ++i) alike.push_back({"", std::string(static_cast<std::size_t>(i), ' ') + "Same", "b"});
  EXPECT_THAT(StratifiedFolds(alike, 5, 42), IsError(ErrorCode::kInvalidArgument, HasSubstr("all alike")));
}

}  // namespace
}  // namespace valence::data
