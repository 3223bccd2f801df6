// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "valence/classifier/classifier.h"
#include "valence/serving/model_repository.h"
#include "valence/serving/service.h"
#include "valence/telemetry/registry.h"

namespace valence::serving {

/// Every metric of `valence serve` but those of one model (ModelMetrics): names, labels and buckets are a contract
/// (tests/metrics.golden) that dashboards and alerts are written against. Recording follows telemetry::Registry's
/// rules. A `label` is Router's number of a route's label.
class ServiceMetrics {
 public:
  explicit ServiceMetrics(const ServiceOptions& options);

  void Started(int thread) { in_flight_->Add(thread); }
  /// `model`: who answered, or nullptr; `texts` it scored.
  void Finished(int thread, std::size_t label, std::string_view method, int status, double seconds,
                const ServedModel* model, std::size_t texts);
  /// A request that the HTTP layer refused before it had a route.
  void Refused(int thread, int status);
  void Predicted(int thread, std::string_view text, const classifier::Prediction& prediction);
  /// See Service::Show.
  void Show(const telemetry::Registry* registry) { shown_.push_back(registry); }
  /// All of it, with the metrics of `models` and of what came to them.
  std::string Expose(const ModelSet& models, const telemetry::Registry& reloads) const;

 private:
  void Count(int thread, std::size_t label, std::size_t method, int status);

  telemetry::Registry registry_;
  std::vector<const telemetry::Registry*> shown_;
  telemetry::Counters* requests_;
  telemetry::Counters* in_flight_;
  telemetry::Counters* rejected_;
  telemetry::Counters* empty_;
  telemetry::Histograms* duration_;
  telemetry::Histograms* confidence_;
  telemetry::Histograms* length_;
  telemetry::Histograms* oov_;
};

}  // namespace valence::serving
