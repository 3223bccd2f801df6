// SPDX-License-Identifier: Apache-2.0
#include "service_metrics.h"

#include <algorithm>
#include <array>
#include <vector>

#include "model_metrics.h"
#include "routes.h"
#include "shadow_scorer.h"
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
                                  Status{401, "unauthenticated"},
                                  Status{404, ""},
                                  Status{405, ""},
                                  Status{408, "timeout"},
                                  Status{413, "body_too_large"},
                                  Status{414, "target_too_long"},
                                  Status{415, "unsupported_type"},
                                  Status{417, "expectation"},
                                  Status{429, "rate_limited"},
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

/// Labels in the order of Count's index.
std::vector<Labels> RequestSeries() {
  std::vector<Labels> series;
  for (const std::string_view route : Routes().labels()) {
    for (const std::string_view method : kMethods) {
      for (const Status& status : kStatuses) {
        series.push_back(
            {{"method", std::string(method)}, {"route", std::string(route)}, {"code", std::to_string(status.code)}});
      }
    }
  }
  return series;
}

/// For answers that no model had a part in.
std::vector<Labels> DurationSeries() {
  std::vector<Labels> series;
  for (const std::string_view route : Routes().labels()) {
    series.push_back({{"route", std::string(route)}, {"model_version", ""}});
  }
  return series;
}

std::vector<Labels> RejectedSeries() {
  std::vector<Labels> series;
  for (const Status& status : kStatuses) {
    if (!status.reason.empty()) series.push_back({{"reason", std::string(status.reason)}});
  }
  return series;
}

}  // namespace

ServiceMetrics::ServiceMetrics(const ServiceOptions& options) : registry_(options.threads) {
  requests_ = registry_.AddCounters("valence_http_requests_total", "Requests answered.", RequestSeries(),
                                    telemetry::ZeroSeries::kHide);
  duration_ = registry_.AddHistograms(std::string(kDurationName), std::string(kDurationHelp), DurationBounds(),
                                      DurationSeries(), telemetry::ZeroSeries::kHide);
  in_flight_ = registry_.AddUpDown("valence_requests_in_flight", "Requests being answered now.");
  rejected_ = registry_.AddCounters("valence_rejected_total", "Requests refused, by reason.", RejectedSeries());
  confidence_ = registry_.AddHistograms("valence_confidence_ratio", "Probability of the predicted label.",
                                        {0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1});
  length_ = registry_.AddHistograms("valence_text_length_bytes", "Size of the texts.",
                                    {16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576});
  oov_ = registry_.AddHistograms("valence_oov_ratio", "Share of a text's tokens that the model does not know.",
                                 {0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1});
  empty_ = registry_.AddCounters("valence_empty_after_preprocess_total", "Texts of which preprocessing left nothing.");
  registry_.AddConstant("valence_build_info", "The program.", 1,
                        {{"version", std::string(kVersion)}, {"compiler", "gcc " __VERSION__}});
  telemetry::AddProcessMetrics(&registry_);
}

void ServiceMetrics::Count(int thread, std::size_t label, std::size_t method, int status) {
  const std::size_t index = StatusIndex(status);
  requests_->Add(thread, (label * kMethods.size() + method) * kStatuses.size() + index);
  if (kStatuses[index].reason.empty()) return;
  const auto refusals = std::count_if(kStatuses.begin(), kStatuses.begin() + static_cast<std::ptrdiff_t>(index),
                                      [](const Status& s) { return !s.reason.empty(); });
  rejected_->Add(thread, static_cast<std::size_t>(refusals));
}

void ServiceMetrics::Finished(int thread, std::size_t label, std::string_view method, int status, double seconds,
                              const ServedModel* model, std::size_t texts) {
  in_flight_->Subtract(thread);
  Count(thread, label, MethodIndex(method), status);
  if (model != nullptr) {
    model->metrics().Answered(thread, label, status, texts, seconds);
  } else {
    duration_->Observe(thread, label, seconds);
  }
}

void ServiceMetrics::Refused(int thread, int status) { Count(thread, 0, kOtherMethod, status); }

std::string ServiceMetrics::Expose(const ModelSet& models, const telemetry::Registry& reloads) const {
  std::vector<const telemetry::Registry*> registries = {&registry_, &reloads};
  registries.insert(registries.end(), shown_.begin(), shown_.end());
  for (const auto& model : models.models()) registries.push_back(&model->metrics().registry());
  for (const ModelTraffic& split : models.traffic()) {
    if (split.shadow != nullptr) registries.push_back(&split.shadow->registry());
  }
  return telemetry::Registry::Expose(registries);
}

void ServiceMetrics::Predicted(int thread, std::string_view text, const classifier::Prediction& prediction) {
  const auto label = static_cast<std::size_t>(prediction.label);
  confidence_->Observe(thread, 0, prediction.probabilities[label]);
  length_->Observe(thread, 0, static_cast<double>(text.size()));
  if (prediction.tokens == 0) {
    empty_->Add(thread);
    return;
  }
  oov_->Observe(thread, 0, 1.0 - static_cast<double>(prediction.known_tokens) / prediction.tokens);
}

}  // namespace valence::serving
