// SPDX-License-Identifier: Apache-2.0
// Vocabularies and matrices of tests/golden/features against what scikit-learn made of the same documents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fit.h"
#include "support/golden.h"
#include "support/matchers.h"
#include "valence/base/config.h"

namespace valence::features {
namespace {

using ::testing::ElementsAreArray;

constexpr double kTolerance = 1e-12;

Result<VectorizerConfig> ConfigOf(const Json& fields) {
  VectorizerConfig config;
  VALENCE_TRY(const Yaml node, Yaml::Parse(fields.Dump(), "golden"));  // JSON is YAML
  const ConfigSection section{"featurize", "", [&](FieldVisitor& v) { config.Describe(v); }};
  VALENCE_RETURN_IF_ERROR(ApplyYaml(section, node, "golden"));
  return config;
}

template <class Integer>
std::vector<std::int64_t> Wide(const std::vector<Integer>& values) {
  return {values.begin(), values.end()};
}

std::vector<std::int64_t> Integers(const Json& array) {
  std::vector<std::int64_t> integers;
  for (const Json& each : array.array()) integers.push_back(each.integer());
  return integers;
}

void ExpectMatrix(const linalg::CsrMatrix& matrix, const Json& expected) {
  EXPECT_THAT(matrix.Validate(), IsOk());
  EXPECT_EQ(matrix.cols, expected.Find("cols")->integer());
  EXPECT_THAT(matrix.indptr, ElementsAreArray(Integers(*expected.Find("indptr"))));
  EXPECT_THAT(Wide(matrix.indices), ElementsAreArray(Integers(*expected.Find("indices"))));
  const Json::Array& values = expected.Find("values")->array();
  ASSERT_EQ(matrix.values.size(), values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    EXPECT_NEAR(matrix.values[k], values[k].number(), kTolerance) << "value " << k;
  }
}

void ExpectCase(const Json& expected, const std::vector<std::string_view>& documents) {
  const auto config = ConfigOf(*expected.Find("config"));
  ASSERT_THAT(config, IsOk());
  const auto train = std::span(documents).first(static_cast<std::size_t>(expected.Find("train_documents")->integer()));
  Result<FitOutput> fit = FitTransform(*config, train, {}, Progress::None());
  ASSERT_THAT(fit, IsOk());
  std::vector<std::string> vocabulary;
  for (const Json& term : expected.Find("vocabulary")->array()) vocabulary.push_back(term.string());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAreArray(vocabulary));
  {
    SCOPED_TRACE("fit_transform");
    ExpectMatrix(fit->matrix, *expected.Find("fit_transform"));
  }
  SCOPED_TRACE("transform");
  const auto vectorizer = Vectorizer::Make(std::move(fit->fitted));
  ASSERT_THAT(vectorizer, IsOk());
  ExpectMatrix(vectorizer->Transform(documents), *expected.Find("transform"));
}

TEST(FeaturesGolden, MatricesAreThoseOfScikitLearn) {
  const Result<Golden> golden = ReadGolden("features");
  ASSERT_THAT(golden, IsOk());
  ASSERT_EQ(golden->header.Find("documents")->integer(), static_cast<std::int64_t>(golden->texts.size()));
  const std::vector<std::string_view> documents(golden->texts.begin(), golden->texts.end());
  for (const Json& expected : golden->cases) {
    SCOPED_TRACE(expected.Find("config")->Dump());
    ExpectCase(expected, documents);
  }
}

}  // namespace
}  // namespace valence::features
