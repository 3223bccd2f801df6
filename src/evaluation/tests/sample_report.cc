// SPDX-License-Identifier: Apache-2.0
#include "sample_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "valence/linalg/rng.h"

namespace valence::evaluation {
namespace {

constexpr std::size_t kDocuments = 4000;
constexpr std::array<const char*, 12> kTerms{"excellent", "waste of",     "wonderful", "the worst",
                                             "superb",    "boring",       "7 10",      "not worth",
                                             "loved it",  "<b>awful</b>", "fun",       "naïve café"};

double Normal(linalg::RandomState& random) {  // Box-Muller
  return std::sqrt(-2 * std::log(1 - random.NextDouble())) * std::cos(6.283185307179586 * random.NextDouble());
}

Scored RandomAnswers(std::size_t classes) {
  linalg::RandomState random(11);
  Scored scored;
  scored.labels = classes == 2 ? std::vector<std::string>{"negative", "positive"}
                               : std::vector<std::string>{"negative", "neutral", "positive"};
  for (std::size_t i = 0; i < kDocuments; ++i) {
    const std::size_t truth = random.Interval(classes - 1);
    scored.text_bytes.push_back(40 + static_cast<std::uint64_t>(1300 * std::exp(0.6 * Normal(random))));
    // Long texts say more, so their margins are wider.
    const double clarity = 0.8 + 0.4 * std::log10(static_cast<double>(scored.text_bytes.back()));
    std::vector<double> odds(classes);
    double total = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      odds[c] = std::exp(1.3 * Normal(random) + (c == truth ? 1.6 * clarity : 0));
      total += odds[c];
    }
    for (double& v : odds) v /= total;
    scored.truth.push_back(static_cast<std::int32_t>(truth));
    scored.predicted.push_back(static_cast<std::int32_t>(std::max_element(odds.begin(), odds.end()) - odds.begin()));
    scored.probabilities.insert(scored.probabilities.end(), odds.begin(), odds.end());
  }
  return scored;
}

std::vector<std::vector<TopWord>> Words(std::size_t classes) {
  std::vector<std::vector<TopWord>> words(classes);
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t k = 0; k < kTerms.size(); ++k) {
      const double strength = 6.5 / (1 + 0.25 * static_cast<double>(k));
      words[c].push_back({kTerms[(k + 5 * c) % kTerms.size()], c == 0 && classes == 2 ? -strength : strength});
    }
  }
  return words;
}

std::vector<WrongDocument> WrongDocuments(const Scored& scored) {
  const std::string review =
      "I wanted to like this. The cast is excellent, the music superb, and for twenty minutes it is a wonderful film. "
      "Then nothing happens for two hours.\n\nThe ending, everyone tells me, is brilliant. I would not know: I left. ";
  return {
      {"test-17", review + review + review, scored.labels.front(), scored.labels.back(), 0.9973},
      {"test-204", "</script><script>document.title='broken out'</script> <img src=x onerror=alert(1)> & \"quotes\"",
       scored.labels.back(), scored.labels.front(), 0.9921},
      {"test-9", "Oh, great. Another \"masterpiece\". 😒", scored.labels.front(), scored.labels.back(), 0.9544}};
}

Json DataReport(std::size_t classes) {
  Json report = Json::MakeObject({{"source", "sample"},
                                  {"source_sha256", "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
                                  {"input_rows", 20040},
                                  {"kept_rows", 20000}});
  report.Set("rejected_by_reason", Json::MakeObject({{"duplicate", 31}, {"empty_text", 7}, {"conflicting_label", 2}}));
  report.Set("train_rows", 16000).Set("test_rows", static_cast<std::int64_t>(kDocuments));
  report.Set("train_labels", classes == 2
                                 ? Json::MakeObject({{"negative", 8013}, {"positive", 7987}})
                                 : Json::MakeObject({{"negative", 5300}, {"neutral", 5400}, {"positive", 5300}}));
  report.Set("test_labels", classes == 2
                                ? Json::MakeObject({{"negative", 1987}, {"positive", 2013}})
                                : Json::MakeObject({{"negative", 1340}, {"neutral", 1330}, {"positive", 1330}}));
  report.Set("text_bytes", Json::MakeObject({{"min", 41.0}, {"p50", 1302.5}, {"p95", 3391.0}, {"max", 9120.0}}));
  report.Set("warnings", Json::MakeArray().Push("31 duplicates were dropped, the first kept"));
  return report;
}

}  // namespace

ReportInput SampleReport(std::size_t classes) {
  const Scored scored = RandomAnswers(std::clamp<std::size_t>(classes, 2, 3));
  ReportInput input;
  input.title = "Sentiment of reviews";
  input.model_digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  input.valence_version = "0.1.0";
  input.labels = scored.labels;
  input.metrics = ComputeMetrics(scored).value();
  input.metrics.intervals = BootstrapIntervals(scored, 200, 42);
  input.slices = SlicesByLength(scored);
  input.curves = ComputeCurves(scored);
  input.gate = CheckGate(input.metrics, EvaluateConfig{}).value();
  input.worst = WrongDocuments(scored);
  input.top_words = Words(scored.classes());
  input.parameters = {{"ingest.source", "sample"},
                      {"ingest.test_share", "0.2"},
                      {"preprocess.preset", "best"},
                      {"featurize.ngram_range", "[1, 2]"},
                      {"featurize.min_df", "2"},
                      {"featurize.sublinear_tf", "true"},
                      {"train.C", "4.0"},
                      {"train.tol", "1e-08"},
                      {"evaluate.seed", "42"}};
  input.data_report = DataReport(scored.classes());
  input.certificate = Json::MakeObject({{"converged", true},
                                        {"objective", 3120.4471},
                                        {"duality_gap", 2.1e-7},
                                        {"relative_gap", 6.7e-11},
                                        {"gradient_max", 3.4e-10},
                                        {"iterations", 9}});
  return input;
}

}  // namespace valence::evaluation
