// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

namespace valence::tracking::internal {

/// What a metric of a batch belongs to beside its run.
struct MetricOwner {
  std::string model_id, dataset_name, dataset_digest;
};

/// The bodies of as few runs/log-batch calls as MLflow's limits allow: at most 1000 entries, of them 100 params and 100
/// tags, and 1,000,000 bytes (mlflow.md 1.3). Params and tags go first. Values longer than MLflow keeps are cut, as
/// MLflow itself does by default, or with `truncate` false refused. Errors: kInvalidArgument, for these and
/// for what CheckMetrics, CheckParams and CheckTags refuse.
Result<std::vector<std::string>> BatchBodies(const std::string& run_id, std::span<const Metric> metrics,
                                             std::span<const Param> params, std::span<const Tag> tags, bool truncate,
                                             const MetricOwner* owner = nullptr);

}  // namespace valence::tracking::internal
