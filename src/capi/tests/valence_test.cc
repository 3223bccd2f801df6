// SPDX-License-Identifier: Apache-2.0
// libvalence.so as strangers use it: through dlopen and valence.h, never through our C++.
#include "valence/capi/valence.h"

#include <dlfcn.h>
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/classifier/classifier.h"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The library lies in ../lib of the test's folder.
void* Library() {
  static void* const library = [] {
    const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    return ::dlopen((bin.parent_path() / "lib/libvalence.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  }();
  return library;
}

template <class F>
F* Symbol(F*, const char* name) {
  void* const symbol = ::dlsym(Library(), name);
  if (symbol == nullptr) throw std::runtime_error(::dlerror());
  return reinterpret_cast<F*>(symbol);
}
// Calls `name` of valence.h in the library.
#define CALL(name, ...) Symbol(decltype(&(name)){}, #name)(__VA_ARGS__)

// bad: -4, good: 3, "not good": -6; a text of one known term has the score weight + 0.125 (l2 norm makes it 1).
valence::classifier::ModelBundle TwoLabels() {
  valence::classifier::ModelBundle bundle;
  bundle.labels = {"negative", "positive"};
  bundle.preprocess_steps = {"lowercase"};
  bundle.vectorizer.config.vectorizer = "tfidf";
  bundle.vectorizer.vocabulary = valence::features::Vocabulary::FromTerms({"bad", "good", "not good"}).value();
  bundle.vectorizer.weighting = {1.0, 1.5, 3.0};
  bundle.linear.features = 3;
  bundle.linear.classes = 2;
  bundle.linear.weights = {-4.0, 3.0, -6.0};
  bundle.linear.intercepts = {0.125};
  return bundle;
}

valence::classifier::ModelBundle ThreeLabels() {
  auto bundle = TwoLabels();
  bundle.labels = {"a", "b", "c"};
  bundle.linear.classes = 3;
  bundle.linear.weights = {1, 0, 0, 0, 2, 0, 0, 0, 3};
  bundle.linear.intercepts = {0.5, 0.25, 0};
  return bundle;
}

class CApi : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(Library(), nullptr) << ::dlerror(); }
  void TearDown() override { CALL(valence_close, model_); }

  void Open(const valence::classifier::ModelBundle& bundle) {
    const auto path = dir_ / "m.safetensors";
    ASSERT_TRUE(valence::classifier::SaveModel(path, bundle));
    ASSERT_EQ(CALL(valence_open, path.c_str(), &model_, error_.data(), error_.size()), VALENCE_OK) << error_.data();
  }

  valence_status Predict(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const std::string& text : texts) {
      pointers.push_back(text.data());
      lengths.push_back(text.size());
    }
    labels_.assign(texts.size(), -1);
    scores_.assign(texts.size() * CALL(valence_score_count, model_), NAN);
    probabilities_.assign(texts.size() * CALL(valence_label_count, model_), NAN);
    return CALL(valence_predict, model_, pointers.data(), lengths.data(), texts.size(), labels_.data(), scores_.data(),
                probabilities_.data(), error_.data(), error_.size());
  }

  valence::TempDir dir_;
  valence_model* model_ = nullptr;
  std::array<char, 200> error_{};
  std::vector<std::int32_t> labels_;
  std::vector<double> scores_;
  std::vector<double> probabilities_;
};

TEST_F(CApi, ExportsItsHeaderAndNothingElse) {
  EXPECT_EQ(CALL(valence_abi_version), std::uint32_t{VALENCE_ABI_VERSION});
  EXPECT_STREQ(CALL(valence_version), "0.1.0");
  EXPECT_EQ(::dlsym(Library(), "valence_wordnet_begin"), nullptr);
  EXPECT_EQ(::dlsym(Library(), "_ZN7valence4utf811FindInvalidESt17basic_string_viewIcSt11char_traitsIcEE"), nullptr);
}

TEST_F(CApi, ScoresTwoLabelsWithOneScoreEach) {
  Open(TwoLabels());
  ASSERT_EQ(Predict({"Good!", "bad", "", "unknown"}), VALENCE_OK) << error_.data();
  EXPECT_THAT(labels_, ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(scores_, ElementsAre(3.125, -3.875, 0.125, 0.125));
  EXPECT_DOUBLE_EQ(probabilities_[1], 1 / (1 + std::exp(-3.125)));
  EXPECT_DOUBLE_EQ(probabilities_[2], 1 / (1 + std::exp(-3.875)));
}

TEST_F(CApi, ScoresThreeLabelsWithThreeScoresEach) {
  Open(ThreeLabels());
  ASSERT_EQ(Predict({"good", "bad"}), VALENCE_OK) << error_.data();
  EXPECT_THAT(labels_, ElementsAre(1, 0));
  EXPECT_THAT(scores_, ElementsAre(0.5, 2.25, 0, 1.5, 0.25, 0));
  EXPECT_NEAR(probabilities_[0] + probabilities_[1] + probabilities_[2], 1, 1e-15);
}

TEST_F(CApi, TellsLabelsAndVersion) {
  Open(TwoLabels());
  EXPECT_EQ(CALL(valence_label_count, model_), 2u);
  EXPECT_STREQ(CALL(valence_label, model_, 1), "positive");
  EXPECT_EQ(CALL(valence_label, model_, 2), nullptr);
  EXPECT_THAT(CALL(valence_model_version, model_), ::testing::MatchesRegex("sha256:[0-9a-f]{12}"));
}

TEST_F(CApi, TextsMayHoldNulAndOutputsMayBeNull) {
  Open(TwoLabels());
  const char* const text = "bad\0good";
  const std::size_t length = 8;
  double score = NAN;
  ASSERT_EQ(CALL(valence_predict, model_, &text, &length, 1, nullptr, &score, nullptr, nullptr, 0), VALENCE_OK);
  // Both words count: (-4 * 1 + 3 * 1.5) / sqrt(1 + 2.25) + 0.125.
  EXPECT_DOUBLE_EQ(score, 0.5 / std::sqrt(3.25) + 0.125);
}

TEST_F(CApi, ExplanationSumsToTheScore) {
  Open(TwoLabels());
  const std::string text = "Not good, bad";
  std::size_t count = 0;
  double score = 0, intercept = 0;
  ASSERT_EQ(CALL(valence_explain, model_, text.data(), text.size(), nullptr, 0, &count, nullptr, nullptr, nullptr, 0),
            VALENCE_OK);
  ASSERT_EQ(count, 3u);  // good, not good, bad
  std::vector<valence_attribution> all(count);
  ASSERT_EQ(CALL(valence_explain, model_, text.data(), text.size(), all.data(), count, &count, &score, &intercept,
                 nullptr, 0),
            VALENCE_OK);
  double sum = intercept;
  std::vector<std::string> words;
  for (const valence_attribution& a : all) {
    std::size_t length = 0;
    const char* const name = CALL(valence_feature_name, model_, a.feature, &length);
    words.push_back(std::string(name, length) + "=" + text.substr(a.begin, a.end - a.begin));
    sum += a.contribution;
  }
  EXPECT_THAT(words, ::testing::UnorderedElementsAre("good=good", "not good=Not good", "bad=bad"));
  EXPECT_NEAR(sum, score, 1e-12);
  std::size_t length = 7;
  EXPECT_EQ(CALL(valence_feature_name, model_, 3, &length), nullptr);
  EXPECT_EQ(length, 0u);
}

TEST_F(CApi, ThreadsShareAModelAndAgree) {
  Open(TwoLabels());
  ASSERT_EQ(Predict({"good bad not good"}), VALENCE_OK);
  const double expected = scores_[0];
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (int& mistakes : wrong) {
    threads.emplace_back([&mistakes, expected, model = model_] {
      const char* const text = "good bad not good";
      const std::size_t length = 17;
      for (int i = 0; i < 2000; ++i) {
        double score = NAN;
        const auto status = CALL(valence_predict, model, &text, &length, 1, nullptr, &score, nullptr, nullptr, 0);
        mistakes += status != VALENCE_OK || score != expected;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST_F(CApi, NamesTheTextAndTheByteThatAreNotUtf8) {
  Open(TwoLabels());
  EXPECT_EQ(Predict({"good", "ba\xff"}), VALENCE_BAD_TEXT);
  EXPECT_STREQ(error_.data(), "text 1: byte 2 is not UTF-8");
  std::size_t count = 0;
  EXPECT_EQ(CALL(valence_explain, model_, "\xc3", 1, nullptr, 0, &count, nullptr, nullptr, nullptr, 0),
            VALENCE_BAD_TEXT);
}

TEST_F(CApi, SaysWhyAFileIsNoModel) {
  const auto status = [&](const std::filesystem::path& path) {
    const auto answer = CALL(valence_open, path.c_str(), &model_, error_.data(), error_.size());
    EXPECT_EQ(model_, nullptr);
    return answer;
  };
  EXPECT_EQ(status(dir_ / "absent"), VALENCE_NOT_FOUND);
  EXPECT_THAT(error_.data(), HasSubstr("absent"));
  ASSERT_TRUE(valence::WriteFile(dir_ / "text", "hello, this is no model"));
  EXPECT_EQ(status(dir_ / "text"), VALENCE_BAD_MODEL);
  ASSERT_TRUE(valence::classifier::SaveModel(dir_ / "damaged", TwoLabels()));
  std::string bytes = valence::ReadFile(dir_ / "damaged").value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  ASSERT_TRUE(valence::WriteFile(dir_ / "damaged", bytes));
  EXPECT_EQ(status(dir_ / "damaged"), VALENCE_BAD_MODEL);
  EXPECT_EQ(CALL(valence_open, nullptr, &model_, error_.data(), error_.size()), VALENCE_INVALID_ARGUMENT);
}

TEST_F(CApi, CutsMessagesToTheBuffer) {
  std::array<char, 8> small;
  small.fill('x');
  EXPECT_EQ(CALL(valence_open, "/no/such/file", &model_, small.data(), small.size()), VALENCE_NOT_FOUND);
  EXPECT_STREQ(small.data(), "/no/suc");
}

TEST_F(CApi, NullsAreErrorsAndNoTextsAreFine) {
  Open(TwoLabels());
  EXPECT_EQ(Predict({}), VALENCE_OK);
  const char* text = nullptr;
  std::size_t length = 3;
  EXPECT_EQ(CALL(valence_predict, model_, &text, &length, 1, nullptr, nullptr, nullptr, nullptr, 0),
            VALENCE_INVALID_ARGUMENT);
  EXPECT_EQ(CALL(valence_predict, nullptr, &text, &length, 1, nullptr, nullptr, nullptr, nullptr, 0),
            VALENCE_INVALID_ARGUMENT);
}

}  // namespace
