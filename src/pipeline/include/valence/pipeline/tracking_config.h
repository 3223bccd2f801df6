// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "valence/base/config.h"

namespace valence::pipeline {

/// Section `tracking` of params.yaml. Where to is the environment's (MLFLOW_TRACKING_URI) or --tracking-uri's business,
/// so that the same params.yaml serves a laptop and CI.
struct TrackingConfig {
  bool enabled = true;
  std::string experiment = "sentiment";  ///< MLFLOW_EXPERIMENT_NAME wins
  std::string run_name;                  ///< "" makes one of the vectoriser and C
  double system_metrics_interval = 1.0;  ///< seconds; 0 takes none

  void Describe(FieldVisitor& v);
  bool operator==(const TrackingConfig&) const = default;
};

}  // namespace valence::pipeline
