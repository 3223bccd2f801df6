// SPDX-License-Identifier: Apache-2.0
#include "hashing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "fit.h"
#include "support/matchers.h"

namespace valence::features {
namespace {

using internal::HashedColumn;
using internal::MurmurHash3;
using ::testing::ElementsAre;

VectorizerConfig Hashing(std::int64_t n_features) {
  VectorizerConfig config = CountWords();
  config.vectorizer = "hashing";
  config.norm = "none";
  config.n_features = n_features;
  return config;
}

TEST(MurmurHash3, GivesThePublishedValues) {
  // Sizes 0 to 3 modulo 4, so that every tail is met.
  EXPECT_EQ(MurmurHash3(""), 0);
  EXPECT_EQ(MurmurHash3("foo"), -156908512);  // scikit-learn's test_murmurhash.py
  EXPECT_EQ(static_cast<std::uint32_t>(MurmurHash3("hello")), 0x248BFA47u);
  EXPECT_EQ(static_cast<std::uint32_t>(MurmurHash3("hello, world")), 0x149BBB7Fu);
  EXPECT_EQ(static_cast<std::uint32_t>(MurmurHash3("The quick brown fox jumps over the lazy dog")), 0x2E4FF723u);
}

TEST(HashedColumn, TakesTheMagnitude) {
  EXPECT_EQ(HashedColumn(-7, 5), 2);
  EXPECT_EQ(HashedColumn(std::numeric_limits<std::int32_t>::min(), 1000), 648);  // 2147483648 % 1000
}

TEST(Hashing, PutsTheSignOfTheHashInTheHashedColumn) {
  // "foo" hashes to -156908512; modulo 8 that is 0.
  const auto fit = Fit(Hashing(8), {"foo foo"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Dense(fit->matrix)[0], ElementsAre(-2, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(fit->fitted.vocabulary.size(), 0);

  VectorizerConfig unsigned_config = Hashing(8);
  unsigned_config.alternate_sign = false;
  EXPECT_EQ(Dense(Fit(unsigned_config, {"foo foo"})->matrix)[0][0], 2);
}

TEST(Hashing, KeepsAColumnWhoseSignsCancel) {
  // "foo" is negative and "hello" positive; in one column they add up to 0, which scikit-learn stores.
  const auto fit = Fit(Hashing(1), {"foo hello"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(fit->matrix.values, ElementsAre(0));
  VectorizerConfig binary = Hashing(1);
  binary.binary = true;
  EXPECT_THAT(Fit(binary, {"foo hello"})->matrix.values, ElementsAre(1));
}

TEST(Hashing, TransformsAsItFits) {
  VectorizerConfig config = Hashing(1 << 20);
  config.ngram_range = {1, 3};
  config.norm = "l2";
  auto fit = Fit(config, GuideCorpus());
  ASSERT_THAT(fit, IsOk());
  const auto vectorizer = Vectorizer::Make(std::move(fit->fitted));
  ASSERT_THAT(vectorizer, IsOk());
  EXPECT_EQ(vectorizer->cols(), 1 << 20);
  EXPECT_EQ(vectorizer->Transform(GuideCorpus()), fit->matrix);
}

}  // namespace
}  // namespace valence::features
