// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "valence/telemetry/registry.h"

namespace valence::serving {

/// What became of an attempt to replace a model.
enum class ReloadResult { kSwapped, kUnchanged, kRefused, kUnreachable };

/// The metrics of loading models. Count and Loaded: one thread at a time; the registry may be read meanwhile.
class ReloadMetrics {
 public:
  ReloadMetrics();

  /// kRefused also counts as failure: something is there that cannot be served. kUnreachable: nobody knows yet.
  void Count(ReloadResult result);
  /// A model was loaded and published, which took so long.
  void Loaded(double seconds);
  const telemetry::Registry& registry() const { return registry_; }

 private:
  telemetry::Registry registry_{1};
  telemetry::Counters* results_;
  telemetry::Counters* failures_;
  std::atomic<double> load_seconds_{0};
  std::atomic<double> loaded_at_{0};
};

}  // namespace valence::serving
