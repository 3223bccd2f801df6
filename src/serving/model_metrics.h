// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "valence/classifier/classifier.h"
#include "valence/serving/served_model.h"
#include "valence/telemetry/registry.h"

namespace valence::serving {

/// Upper bounds of valence_request_duration_seconds.
std::vector<double> DurationBounds();
inline constexpr std::string_view kDurationName = "valence_request_duration_seconds";
inline constexpr std::string_view kDurationHelp =
    "Time from a request received whole to its answer, without the network.";

/// Sums of what a model did, for the protocols that report them (OIP's statistics).
struct ModelTotals {
  std::uint64_t successes = 0;  ///< requests
  std::uint64_t failures = 0;   ///< likewise
  std::uint64_t texts = 0;
  double success_seconds = 0;
  double failure_seconds = 0;
  std::int64_t last_request_ms = 0;  ///< since 1970; 0 for never
};

/// The metrics that carry a model's version: they come and go with it. Recording follows telemetry::Registry's rules.
class ModelMetrics {
 public:
  ModelMetrics(const ModelId& id, const classifier::Classifier& classifier, int threads);

  void Predicted(int thread, const classifier::Prediction& prediction);
  /// Feedback: the true label of a text, and whether this model had said so.
  void ToldTruth(int thread, std::size_t label, bool correct);
  /// A request that this model answered, with `texts` texts. `label`: Router's number of the route's label.
  void Answered(int thread, std::size_t label, int status, std::size_t texts, double seconds);
  ModelTotals Totals() const;
  const telemetry::Registry& registry() const { return registry_; }

 private:
  telemetry::Registry registry_;
  telemetry::Counters* predictions_;
  telemetry::Counters* feedback_;  // by label, then wrong and correct
  telemetry::Histograms* durations_;
  telemetry::ShardedCells totals_;
  struct alignas(64) Moment {
    std::atomic<std::int64_t> ms{0};
  };
  std::vector<Moment> last_requests_;  // by thread
};

}  // namespace valence::serving
