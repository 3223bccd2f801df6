// SPDX-License-Identifier: Apache-2.0
#include "service_metrics.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "valence/base/version.h"
#include "valence/telemetry/process_metrics.h"

namespace valence::serving {
namespace {

using telemetry::Labels;

constexpr std::array<std::string_view, 4> kMethods = {"GET", "HEAD", "POST", "other"};
constexpr std::size_t kOtherMethod = 3;

struct Status {
  int code;
  std::string_view reason;  ///< in valence_rejected_total, or "" if it is no refusal
};
// The statuses there are, those of the HTTP layer included.
constexpr std::array kStatuses = {Status{200, ""},
                                  Status{400, "invalid"},
                                  Status{404, ""},
                                  Status{405, ""},
                                  Status{408, "timeout"},
                                  Status{413, "body_too_large"},
                                  Status{414, "target_too_long"},
                                  Status{415, "unsupported_type"},
                                  Status{417, "expectation"},
                                  Status{431, "header_too_large"},
                                  Status{500, ""},
                                  Status{503, "unavailable"}};

std::size_t StatusIndex(int code) {
  const auto is = [](int wanted) { return [wanted](const Status& s) { return s.code == wanted; }; };
  const auto* found = std::find_if(kStatuses.begin(), kStatuses.end(), is(code));
  if (found == kStatuses.end()) found = std::find_if(kStatuses.begin(), kStatuses.end(), is(500));
  return static_cast<std::size_t>(found - kStatuses.begin());
}

std::size_t MethodIndex(std::string_view method) {
  return static_cast<std::size_t>(std::find(kMethods.begin(), kMethods.end() - 1, method) - kMethods.begin());
}

/// Labels in the order of Count's index. Routes that share a label (/static) share what is shown by being one series.
std::vector<Labels> RequestSeries() {
  std::vector<Labels> series;
  for (std::size_t route = 0; route < kRoutes; ++route) {
    for (const std::string_view method : kMethods) {
      for (const Status& status : kStatuses) {
        series.push_back({{"method", std::string(method)},
                          {"route", std::string(RouteLabel(static_cast<Route>(route)))},
                          {"code", std::to_string(status.code)}});
      }
    }
  }
  return series;
}

/// The first route with the same label.
Route Canonical(Route route) {
  const bool is_static = route == Route::kScript || route == Route::kIcon;
  return is_static ? Route::kStyle : route;
}

std::vector<Labels> DurationSeries(const std::string& version) {
  std::vector<Labels> series;
  for (std::size_t route = 0; route < kRoutes; ++route) {
    if (Canonical(static_cast<Route>(route)) != static_cast<Route>(route)) continue;
    series.push_back({{"route", std::string(RouteLabel(static_cast<Route>(route)))}, {"model_version", version}});
  }
  return series;
}

std::size_t DurationIndex(Route route) {
  const auto index = static_cast<std::size_t>(Canonical(route));
  return route > Route::kIcon ? index - 2 : index;  // kScript and kIcon have none
}

std::vector<Labels> RejectedSeries() {
  std::vector<Labels> series;
  for (const Status& status : kStatuses) {
    if (!status.reason.empty()) series.push_back({{"reason", std::string(status.reason)}});
  }
  return series;
}

std::vector<Labels> PredictionSeries(const classifier::Classifier& classifier) {
  std::vector<Labels> series;
  for (const std::string& label : classifier.labels()) {
    series.push_back({{"model_version", classifier.version()}, {"label", label}});
  }
  return series;
}

void AddModelMetrics(const classifier::Classifier& classifier, const ServiceOptions& options,
                     telemetry::Registry* registry) {
  const auto& bundle = classifier.bundle();
  const auto data = bundle.lineage.find("train_sha256");
  registry->AddConstant("valence_model_info", "The model that answers.", 1,
                        {{"name", options.model_name},
                         {"version", classifier.version()},
                         {"digest", "sha256:" + bundle.digest},
                         {"data_hash", data == bundle.lineage.end() ? "" : data->second},
                         {"framework", "valence"}});
  registry->AddConstant("valence_model_load_duration_seconds", "How long the model took to load and verify.",
                        options.model_load_seconds);
  registry->AddConstant("valence_model_loaded_timestamp_seconds", "When the model was loaded, in seconds since 1970.",
                        static_cast<double>(std::time(nullptr)));
  registry->AddConstant("valence_build_info", "The program.", 1,
                        {{"version", std::string(kVersion)}, {"compiler", "gcc " __VERSION__}});
}

}  // namespace

ServiceMetrics::ServiceMetrics(const classifier::Classifier& classifier, const ServiceOptions& options)
    : registry_(options.threads) {
  requests_ = registry_.AddCounters("valence_http_requests_total", "Requests answered.", RequestSeries(),
                                    telemetry::ZeroSeries::kHide);
  duration_ = registry_.AddHistograms(
      "valence_request_duration_seconds", "Time from a request received whole to its answer, without the network.",
      {25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
      DurationSeries(classifier.version()));
  in_flight_ = registry_.AddUpDown("valence_requests_in_flight", "Requests being answered now.");
  rejected_ = registry_.AddCounters("valence_rejected_total", "Requests refused, by reason.", RejectedSeries());
  predictions_ = registry_.AddCounters("valence_predictions_total", "Texts predicted.", PredictionSeries(classifier));
  confidence_ = registry_.AddHistograms("valence_confidence_ratio", "Probability of the predicted label.",
                                        {0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1});
  length_ = registry_.AddHistograms("valence_text_length_bytes", "Size of the texts.",
                                    {16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576});
  oov_ = registry_.AddHistograms("valence_oov_ratio", "Share of a text's tokens that the model does not know.",
                                 {0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1});
  empty_ = registry_.AddCounters("valence_empty_after_preprocess_total", "Texts of which preprocessing left nothing.");
  AddModelMetrics(classifier, options, &registry_);
  telemetry::AddProcessMetrics(&registry_);
}

void ServiceMetrics::Count(int thread, Route route, std::size_t method, int status) {
  const std::size_t index = StatusIndex(status);
  const auto base = static_cast<std::size_t>(Canonical(route)) * kMethods.size() + method;
  requests_->Add(thread, base * kStatuses.size() + index);
  if (kStatuses[index].reason.empty()) return;
  const auto refusals = std::count_if(kStatuses.begin(), kStatuses.begin() + static_cast<std::ptrdiff_t>(index),
                                      [](const Status& s) { return !s.reason.empty(); });
  rejected_->Add(thread, static_cast<std::size_t>(refusals));
}

void ServiceMetrics::Finished(int thread, Route route, std::string_view method, int status, double seconds) {
  in_flight_->Subtract(thread);
  Count(thread, route, MethodIndex(method), status);
  duration_->Observe(thread, DurationIndex(route), seconds);
}

void ServiceMetrics::Refused(int thread, int status) { Count(thread, Route::kUnknown, kOtherMethod, status); }

void ServiceMetrics::Predicted(int thread, std::string_view text, const classifier::Prediction& prediction) {
  const auto label = static_cast<std::size_t>(prediction.label);
  predictions_->Add(thread, label);
  confidence_->Observe(thread, 0, prediction.probabilities[label]);
  length_->Observe(thread, 0, static_cast<double>(text.size()));
  if (prediction.tokens == 0) {
    empty_->Add(thread);
    return;
  }
  oov_->Observe(thread, 0, 1.0 - static_cast<double>(prediction.known_tokens) / prediction.tokens);
}

}  // namespace valence::serving
