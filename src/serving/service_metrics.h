// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "routes.h"
#include "valence/classifier/classifier.h"
#include "valence/serving/service.h"
#include "valence/telemetry/registry.h"

namespace valence::serving {

/// Every metric of `valence serve`: names, labels and buckets are a contract (tests/metrics.golden) that dashboards and
/// alerts are written against. Recording follows telemetry::Registry's rules.
class ServiceMetrics {
 public:
  ServiceMetrics(const classifier::Classifier& classifier, const ServiceOptions& options);

  void Started(int thread) { in_flight_->Add(thread); }
  void Finished(int thread, Route route, std::string_view method, int status, double seconds);
  /// A request that the HTTP layer refused before it had a route.
  void Refused(int thread, int status);
  void Predicted(int thread, std::string_view text, const classifier::Prediction& prediction);
  std::string Expose() const { return registry_.Expose(); }

 private:
  void Count(int thread, Route route, std::size_t method, int status);

  telemetry::Registry registry_;
  telemetry::Counters* requests_;
  telemetry::Counters* in_flight_;
  telemetry::Counters* rejected_;
  telemetry::Counters* predictions_;
  telemetry::Counters* empty_;
  telemetry::Histograms* duration_;
  telemetry::Histograms* confidence_;
  telemetry::Histograms* length_;
  telemetry::Histograms* oov_;
};

}  // namespace valence::serving
