// SPDX-License-Identifier: Apache-2.0
// How fast a model of TF-IDF (1,2), min_df 2, answers, and how long it takes to be ready. One thread answers.
//   VALENCE_REVIEWS=<file of one review a line> predict_bench
// Its weights are random: their values change no timing.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

#include "valence/base/files.h"
#include "valence/classifier/classifier.h"
#include "valence/features/vectorizer.h"
#include "valence/text/preprocess_config.h"
#include "valence/text/preprocessor.h"

namespace valence::classifier {
namespace {

std::vector<std::string> ReadReviews() {
  const char* path = std::getenv("VALENCE_REVIEWS");
  if (path == nullptr) return {};
  std::vector<std::string> reviews;
  std::istringstream lines(ReadFile(path).value());
  for (std::string line; std::getline(lines, line);) reviews.push_back(line);
  return reviews;
}

const std::vector<std::string>& Reviews() {
  static const std::vector<std::string> reviews = ReadReviews();
  return reviews;
}

ModelBundle Fit(const std::string& preset) {
  text::PreprocessConfig config;
  config.preset = preset;
  ModelBundle bundle;
  bundle.preprocess_steps = text::ResolveSteps(config).value();
  const text::Preprocessor preprocessor = text::Preprocessor::Make(bundle.preprocess_steps).value();
  std::vector<std::string> processed;
  for (const std::string& review : Reviews()) processed.push_back(preprocessor.Apply(review));
  const std::vector<std::string_view> documents(processed.begin(), processed.end());
  bundle.vectorizer = features::FitTransform({}, documents, {}, Progress::None()).value().fitted;
  bundle.labels = {"neg", "pos"};
  bundle.linear.classes = 2;
  bundle.linear.features = bundle.vectorizer.vocabulary.size();
  bundle.linear.intercepts = {0.0};
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  bundle.linear.weights.resize(static_cast<std::size_t>(bundle.linear.features));
  for (double& weight : bundle.linear.weights) weight = normal(random);
  return bundle;
}

// The model of a preset, saved once a process with its golden texts.
std::filesystem::path SavedModel(const std::string& preset) {
  const auto path = std::filesystem::temp_directory_path() / ("valence-bench-" + preset + ".safetensors");
  static std::vector<std::string> made;
  if (std::find(made.begin(), made.end(), preset) != made.end()) return path;
  ModelBundle bundle = Fit(preset);
  const auto classifier = Classifier::Make(bundle).value();
  bundle.golden_texts = MakeGoldenTexts(*classifier, {Reviews().begin(), Reviews().end()});
  (void)SaveModel(path, bundle).value();
  made.push_back(preset);
  return path;
}

template <class Answer>
void AnswerAll(benchmark::State& state, const char* preset, Answer answer) {
  if (Reviews().empty()) return state.SkipWithError("set VALENCE_REVIEWS to a file of one review a line");
  const auto classifier = Classifier::Load(SavedModel(preset)).value();
  Classifier::Scratch scratch;
  Prediction prediction;
  std::size_t bytes = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    const std::string& review = Reviews()[i];
    answer(*classifier, review, &scratch, &prediction);
    benchmark::DoNotOptimize(prediction.scores.data());
    bytes += review.size();
    if (++i == Reviews().size()) i = 0;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["features"] = static_cast<double>(classifier->features());
  state.counters["compiled"] = classifier->compiled() ? 1 : 0;
}

void Predict(benchmark::State& state, const char* preset) {
  AnswerAll(state, preset, [](const Classifier& c, std::string_view text, Classifier::Scratch* s, Prediction* p) {
    c.Predict(text, s, p);
  });
}

void Explain(benchmark::State& state, const char* preset) {
  AnswerAll(state, preset, [](const Classifier& c, std::string_view text, Classifier::Scratch* s, Prediction* p) {
    c.Explain(text, s, p);
  });
}

void Load(benchmark::State& state, const char* preset) {
  if (Reviews().empty()) return state.SkipWithError("set VALENCE_REVIEWS to a file of one review a line");
  const auto path = SavedModel(preset);
  for (auto _ : state) benchmark::DoNotOptimize(Classifier::Load(path).value());
  state.counters["file_bytes"] = static_cast<double>(std::filesystem::file_size(path));
}

BENCHMARK_CAPTURE(Predict, none, "none")->MinTime(2);
BENCHMARK_CAPTURE(Predict, best, "best")->MinTime(2);
BENCHMARK_CAPTURE(Predict, seed, "seed")->MinTime(2);
BENCHMARK_CAPTURE(Explain, none, "none")->MinTime(2);
BENCHMARK_CAPTURE(Load, none, "none")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Load, best, "best")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(Load, seed, "seed")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace valence::classifier

BENCHMARK_MAIN();
