// SPDX-License-Identifier: Apache-2.0
#include "valence/classifier/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "model_codec.h"
#include "small_bundle.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"

namespace valence::classifier {
namespace {

using testing::HasSubstr;

ModelBundle BundleWithGoldenTexts() {
  ModelBundle bundle = SmallBundle();
  bundle.golden_texts = {{"", {0.125}}, {"a good film", {2.5}}};
  return bundle;
}

std::string ErrorOf(const ModelBundle& bundle) {
  const auto read = ParseModel(SerializeModel(bundle), "model");
  return read ? "" : read.error().message;
}

TEST(ModelFile, ReadsBackEveryFieldItWrote) {
  ModelBundle bundle = BundleWithGoldenTexts();
  bundle.vectorizer.config.min_df = {.is_share = true, .value = 1.0};
  bundle.vectorizer.config.sublinear_tf = true;
  const ModelBundle read = ParseModel(SerializeModel(bundle), "model").value();
  EXPECT_EQ(read.labels, bundle.labels);
  EXPECT_EQ(read.preprocess_steps, bundle.preprocess_steps);
  EXPECT_EQ(read.vectorizer.config, bundle.vectorizer.config);
  EXPECT_EQ(read.vectorizer.vocabulary, bundle.vectorizer.vocabulary);
  EXPECT_EQ(read.vectorizer.weighting, bundle.vectorizer.weighting);
  EXPECT_EQ(read.linear.features, 5);
  EXPECT_EQ(read.linear.classes, 2);
  EXPECT_EQ(read.linear.weights, bundle.linear.weights);
  EXPECT_EQ(read.linear.intercepts, bundle.linear.intercepts);
  EXPECT_EQ(read.lineage, bundle.lineage);
  EXPECT_EQ(read.certificate, bundle.certificate);
  EXPECT_EQ(read.parameters, bundle.parameters);
  ASSERT_EQ(read.golden_texts.size(), 2u);
  EXPECT_EQ(read.golden_texts[1].text, "a good film");
  EXPECT_EQ(read.golden_texts[1].scores, std::vector<double>{2.5});
}

TEST(ModelFile, EqualBundlesGiveEqualBytes) {
  EXPECT_EQ(SerializeModel(BundleWithGoldenTexts()), SerializeModel(BundleWithGoldenTexts()));
}

TEST(ModelFile, SavesTheSerialisedBytesAndReturnsTheirDigest) {
  const TempDir folder;
  const ModelBundle bundle = BundleWithGoldenTexts();
  const std::string digest = SaveModel(folder / "model.safetensors", bundle).value();
  EXPECT_EQ(digest, TensorDigest(bundle));
  EXPECT_EQ(ReadFile(folder / "model.safetensors").value(), SerializeModel(bundle));
  EXPECT_EQ(LoadModel(folder / "model.safetensors").value().digest, digest);
}

TEST(ModelFile, LoadingAMissingFileIsNotFound) {
  EXPECT_EQ(LoadModel("/nonexistent/model.safetensors").error().code, ErrorCode::kNotFound);
}

TEST(ModelFile, MulticlassKeepsOneRowPerLabel) {
  ModelBundle bundle = SmallBundle();
  bundle.labels = {"negative", "neutral", "positive"};
  bundle.linear.classes = 3;
  bundle.linear.weights.assign(15, 0.5);
  bundle.linear.intercepts = {1, 2, 3};
  const ModelBundle read = ParseModel(SerializeModel(bundle), "model").value();
  EXPECT_EQ(read.linear.classes, 3);
  EXPECT_EQ(read.linear.weights.size(), 15u);
}

TEST(ModelFile, HashingModelHasNoVocabulary) {
  ModelBundle bundle = SmallBundle();
  bundle.vectorizer.config.vectorizer = "hashing";
  bundle.vectorizer.config.n_features = 8;
  bundle.vectorizer.vocabulary = {};
  bundle.vectorizer.weighting = {};
  bundle.linear.features = 8;
  bundle.linear.weights.assign(8, 1.0);
  EXPECT_EQ(ParseModel(SerializeModel(bundle), "model").value().linear.features, 8);
}

TEST(ModelFile, RefusesWeightsThatAreNotFinite) {
  ModelBundle bundle = SmallBundle();
  bundle.linear.weights[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(ErrorOf(bundle), "model: tensor weights: value 2 is not finite");
}

TEST(ModelFile, RefusesAWeightingOfAnotherLength) {
  ModelBundle bundle = SmallBundle();
  bundle.vectorizer.weighting.pop_back();
  EXPECT_EQ(ErrorOf(bundle), "model: tensor weighting: expected 5 factors, found 4");
}

TEST(ModelFile, RefusesTooFewLabels) {
  ModelBundle bundle = SmallBundle();
  bundle.labels = {"only"};
  EXPECT_EQ(ErrorOf(bundle), "model: metadata labels: expected two or more, found 1");
}

TEST(ModelFile, RefusesGoldenTextsThatAreNotUtf8) {
  ModelBundle bundle = SmallBundle();
  bundle.golden_texts = {{"ab\xff", {0.0}}};
  EXPECT_EQ(ErrorOf(bundle), "model: tensor golden.bytes: byte 2 is not well-formed UTF-8");
}

TEST(ModelFile, RefusesAnotherFormatVersion) {
  const std::string bytes = SerializeModel(SmallBundle());
  std::string other = bytes;
  other.replace(other.find(R"("format_version":"1")"), 20, R"("format_version":"2")");
  EXPECT_THAT(ParseModel(other, "model").error().message, HasSubstr("header"));
  EXPECT_EQ(DecodeModel(other, {.verify_digests = false}).error().message,
            "metadata format_version: expected \"1\", found \"2\"");
}

TEST(ModelFile, CertificateJsonHasAllItsFigures) {
  const model::Certificate certificate{.objective = 2.5,
                                       .duality_gap = 0.25,
                                       .relative_gap = 0.1,
                                       .gradient_max = 1e-9,
                                       .iterations = 7,
                                       .hessian_products = 40,
                                       .converged = true,
                                       .loss_by_iteration = {3.0, 2.5}};
  EXPECT_EQ(ToJson(certificate).Dump(),
            R"({"objective":2.5,"duality_gap":0.25,"relative_gap":0.1,"gradient_max":1e-09,"iterations":7,)"
            R"("hessian_products":40,"converged":true,"loss_by_iteration":[3.0,2.5]})");
}

}  // namespace
}  // namespace valence::classifier
