// SPDX-License-Identifier: Apache-2.0
#include "valence/tracking/run_record.h"

#include <fmt/format.h>

#include "random_id.h"
#include "valence/base/json.h"
#include "variables.h"

namespace valence::tracking {
namespace {

Status AddContext(const std::string& context, RunRecord* record) {
  if (context.empty()) return Ok();
  const Result<Json> tags = Json::Parse(context);
  if (!tags.has_value() || !tags->is_object()) {
    return InvalidArgument(fmt::format(
        "MLFLOW_RUN_CONTEXT: expected a JSON object of tags such as {{\"team\":\"search\"}}, got '{}'", context));
  }
  for (const auto& [key, value] : tags->object()) {
    record->tags.push_back({key, value.is_string() ? value.string() : value.Dump()});
  }
  return Ok();
}

}  // namespace

std::string NewRequestId() { return NewUuidHex(); }

Status ApplyEnvironment(const Environment& environment, RunRecord* record) {
  if (const std::string name = environment("MLFLOW_EXPERIMENT_NAME"); !name.empty()) record->experiment = name;
  record->experiment_id = environment("MLFLOW_EXPERIMENT_ID");
  record->resume_run_id = environment("MLFLOW_RUN_ID");
  record->active_model_id = environment("MLFLOW_ACTIVE_MODEL_ID");
  // A run is gathered in memory and published when it has ended: no call waits for a server while it lasts, either way.
  VALENCE_RETURN_IF_ERROR(internal::Variables(environment).Boolean("MLFLOW_ENABLE_ASYNC_LOGGING", false));
  VALENCE_RETURN_IF_ERROR(SystemMetricsInterval(environment, 0));
  return AddContext(environment("MLFLOW_RUN_CONTEXT"), record);
}

Result<double> SystemMetricsInterval(const Environment& environment, double configured) {
  constexpr double kOfMlflow = 10;  // seconds
  constexpr double kShortest = 0.001;
  constexpr double kLongest = 86'400;
  const internal::Variables variables(environment);
  VALENCE_TRY(const bool enabled, variables.Boolean("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", configured > 0));
  VALENCE_TRY(const double interval, variables.Number("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL",
                                                      configured > 0 ? configured : kOfMlflow, kShortest, kLongest));
  return enabled ? interval : 0;
}

}  // namespace valence::tracking
