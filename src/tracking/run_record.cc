// SPDX-License-Identifier: Apache-2.0
#include "valence/tracking/run_record.h"

#include <fmt/format.h>

#include "random_id.h"
#include "valence/base/json.h"

namespace valence::tracking {

std::string NewRequestId() { return NewUuidHex(); }

Status ApplyEnvironment(const Environment& environment, RunRecord* record) {
  if (const std::string name = environment("MLFLOW_EXPERIMENT_NAME"); !name.empty()) record->experiment = name;
  record->experiment_id = environment("MLFLOW_EXPERIMENT_ID");
  record->resume_run_id = environment("MLFLOW_RUN_ID");
  const std::string context = environment("MLFLOW_RUN_CONTEXT");
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

}  // namespace valence::tracking
