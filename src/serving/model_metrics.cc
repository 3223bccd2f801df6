// SPDX-License-Identifier: Apache-2.0
#include "model_metrics.h"

#include <algorithm>

#include "routes.h"
#include "valence/base/clock.h"

namespace valence::serving {
namespace {

using telemetry::Labels;

/// Cells of totals_, by thread.
enum Total : std::size_t { kSuccesses, kFailures, kTexts, kSuccessSeconds, kFailureSeconds, kTotals };

std::vector<Labels> PredictionSeries(const classifier::Classifier& classifier) {
  std::vector<Labels> series;
  for (const std::string& label : classifier.labels()) {
    series.push_back({{"model_version", classifier.version()}, {"label", label}});
  }
  return series;
}

std::vector<Labels> FeedbackSeries(const classifier::Classifier& classifier) {
  std::vector<Labels> series;
  for (const std::string& label : classifier.labels()) {
    for (const char* const correct : {"false", "true"}) {
      series.push_back({{"model_version", classifier.version()}, {"label", label}, {"correct", correct}});
    }
  }
  return series;
}

std::vector<Labels> DurationSeries(const std::string& version) {
  std::vector<Labels> series;
  for (const std::string_view label : Routes().labels()) {
    series.push_back({{"route", std::string(label)}, {"model_version", version}});
  }
  return series;
}

}  // namespace

std::vector<double> DurationBounds() {
  return {25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

ModelMetrics::ModelMetrics(const ModelId& id, const classifier::Classifier& classifier, int threads)
    : registry_(threads), totals_(threads, kTotals), last_requests_(static_cast<std::size_t>(threads)) {
  const auto& bundle = classifier.bundle();
  const auto data = bundle.lineage.find("train_sha256");
  registry_.AddConstant("valence_model_info", "The models that answer.", 1,
                        {{"name", id.name},
                         {"version", classifier.version()},
                         {"digest", "sha256:" + bundle.digest},
                         {"data_hash", data == bundle.lineage.end() ? "" : data->second},
                         {"framework", "valence"}});
  predictions_ = registry_.AddCounters("valence_predictions_total", "Texts predicted.", PredictionSeries(classifier));
  feedback_ =
      registry_.AddCounters("valence_feedback_total", "Feedback, by the true label and whether it was predicted.",
                            FeedbackSeries(classifier));
  durations_ = registry_.AddHistograms(std::string(kDurationName), std::string(kDurationHelp), DurationBounds(),
                                       DurationSeries(classifier.version()), telemetry::ZeroSeries::kHide);
}

void ModelMetrics::Predicted(int thread, const classifier::Prediction& prediction) {
  predictions_->Add(thread, static_cast<std::size_t>(prediction.label));
}

void ModelMetrics::ToldTruth(int thread, std::size_t label, bool correct) {
  feedback_->Add(thread, label * 2 + (correct ? 1 : 0));
}

void ModelMetrics::Answered(int thread, std::size_t label, int status, std::size_t texts, double seconds) {
  durations_->Observe(thread, label, seconds);
  const bool success = status < 400;
  totals_.Add(thread, success ? kSuccesses : kFailures, 1);
  totals_.Add(thread, kTexts, texts);
  totals_.AddDouble(thread, success ? kSuccessSeconds : kFailureSeconds, seconds);
  last_requests_[static_cast<std::size_t>(thread)].ms.store(CoarseNowMilliseconds(), std::memory_order_relaxed);
}

ModelTotals ModelMetrics::Totals() const {
  ModelTotals totals{totals_.Sum(kSuccesses),
                     totals_.Sum(kFailures),
                     totals_.Sum(kTexts),
                     totals_.SumDouble(kSuccessSeconds),
                     totals_.SumDouble(kFailureSeconds),
                     0};
  for (const Moment& last : last_requests_) totals.last_request_ms = std::max(totals.last_request_ms, last.ms.load());
  return totals;
}

}  // namespace valence::serving
