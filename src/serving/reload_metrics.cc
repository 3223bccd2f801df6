// SPDX-License-Identifier: Apache-2.0
#include "reload_metrics.h"

#include "valence/base/clock.h"

namespace valence::serving {

ReloadMetrics::ReloadMetrics() {
  results_ = registry_.AddCounters("valence_model_reloads_total", "Attempts to replace a served model.",
                                   {{{"result", "swapped"}},  // in the order of ReloadResult
                                    {{"result", "unchanged"}},
                                    {{"result", "refused"}},
                                    {{"result", "unreachable"}}});
  failures_ = registry_.AddCounters("valence_model_reload_failures_total",
                                    "Models that were refused; the one before them kept serving.");
  const auto gauge = telemetry::Registry::Kind::kGauge;
  registry_.AddCallback(gauge, "valence_model_load_duration_seconds",
                        "How long the last model took to load and verify; at the start, all of them.",
                        [this] { return load_seconds_.load(); });
  registry_.AddCallback(gauge, "valence_model_loaded_timestamp_seconds",
                        "When the last model was loaded, in seconds since 1970.", [this] { return loaded_at_.load(); });
}

void ReloadMetrics::Count(ReloadResult result) {
  results_->Add(0, static_cast<std::size_t>(result));
  if (result == ReloadResult::kRefused) failures_->Add(0);
}

void ReloadMetrics::Loaded(double seconds) {
  load_seconds_ = seconds;
  loaded_at_ = static_cast<double>(NowMilliseconds()) / 1000;
}

}  // namespace valence::serving
