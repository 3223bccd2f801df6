// SPDX-License-Identifier: Apache-2.0
#include "rest_json.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "valence/base/numbers.h"

namespace valence::tracking::internal {
namespace {

double DoubleOf(const Json& object, std::string_view key) {
  const Json& value = MemberOf(object, key);
  if (value.is_number()) return value.number();
  if (!value.is_string()) return 0;
  const std::string& text = value.string();
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  const Result<double> parsed = ParseDouble(text);
  return parsed.has_value() ? *parsed : 0;
}

template <class Pair>
std::vector<Pair> PairsFrom(const Json& object, std::string_view key) {
  std::vector<Pair> pairs;
  for (const Json& element : ElementsOf(object, key)) {
    pairs.push_back({TextOf(element, "key"), TextOf(element, "value")});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.key < b.key; });
  return pairs;
}

std::vector<Metric> MetricsFrom(const Json& object, std::string_view key) {
  std::vector<Metric> metrics;
  for (const Json& element : ElementsOf(object, key)) metrics.push_back(MetricFrom(element));
  std::sort(metrics.begin(), metrics.end(), [](const Metric& a, const Metric& b) { return a.key < b.key; });
  return metrics;
}

DatasetInput DatasetFrom(const Json& input) {
  const Json& dataset = MemberOf(input, "dataset");
  DatasetInput result{TextOf(dataset, "name"),
                      TextOf(dataset, "digest"),
                      TextOf(dataset, "source_type"),
                      TextOf(dataset, "source"),
                      TextOf(dataset, "schema"),
                      TextOf(dataset, "profile"),
                      ""};
  result.context = FindTag(PairsFrom<Tag>(input, "tags"), "mlflow.data.context");
  return result;
}

ModelStatus ModelStatusFrom(std::string_view name) {
  if (name == "LOGGED_MODEL_READY") return ModelStatus::kReady;
  return name == "LOGGED_MODEL_UPLOAD_FAILED" ? ModelStatus::kUploadFailed : ModelStatus::kPending;
}

}  // namespace

const Json& MemberOf(const Json& object, std::string_view key) {
  static const Json absent;
  const Json* found = object.Find(key);
  return found == nullptr ? absent : *found;
}

std::string TextOf(const Json& object, std::string_view key) {
  const Json& value = MemberOf(object, key);
  if (value.is_int()) return std::to_string(value.integer());
  return value.is_string() ? value.string() : "";
}

std::int64_t IntegerOf(const Json& object, std::string_view key) {
  const Json& value = MemberOf(object, key);
  if (value.is_int()) return value.integer();
  if (!value.is_string()) return 0;
  const Result<std::int64_t> parsed = ParseInt(value.string());
  return parsed.has_value() ? *parsed : 0;
}

const Json::Array& ElementsOf(const Json& object, std::string_view key) {
  static const Json::Array none;
  const Json& value = MemberOf(object, key);
  return value.is_array() ? value.array() : none;
}

Json ValueJson(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

Json MetricJson(const Metric& metric) {
  return Json::MakeObject({{"key", metric.key},
                           {"value", ValueJson(metric.value)},
                           {"timestamp", metric.timestamp},
                           {"step", metric.step}});
}

Json DatasetJson(const DatasetInput& dataset) {
  Json entity = Json::MakeObject({{"name", dataset.name},
                                  {"digest", dataset.digest},
                                  {"source_type", dataset.source_type},
                                  {"source", dataset.source}});
  if (!dataset.schema.empty()) entity.Set("schema", dataset.schema);
  if (!dataset.profile.empty()) entity.Set("profile", dataset.profile);
  Json input = Json::MakeObject({{"dataset", std::move(entity)}});
  if (!dataset.context.empty()) {
    input.Set("tags", PairsJson(std::vector<Tag>{{"mlflow.data.context", dataset.context}}));
  }
  return input;
}

Metric MetricFrom(const Json& json) {
  return {TextOf(json, "key"), DoubleOf(json, "value"), IntegerOf(json, "timestamp"), IntegerOf(json, "step")};
}

Experiment ExperimentFrom(const Json& json) {
  return {TextOf(json, "experiment_id"), TextOf(json, "name"), TextOf(json, "artifact_location"),
          TextOf(json, "lifecycle_stage"), PairsFrom<Tag>(json, "tags")};
}

Result<Run> RunFrom(const Json& json) {
  const Json& info = MemberOf(json, "info");
  const Json& data = MemberOf(json, "data");
  Run run;
  run.run_id = TextOf(info, "run_id");
  if (run.run_id.empty()) run.run_id = TextOf(info, "run_uuid");
  if (run.run_id.empty()) return DataCorrupt("the server sent a run without an id");
  run.tags = PairsFrom<Tag>(data, "tags");
  run.run_name = TextOf(info, "run_name");
  if (run.run_name.empty()) run.run_name = FindTag(run.tags, "mlflow.runName");
  run.experiment_id = TextOf(info, "experiment_id");
  run.user_id = TextOf(info, "user_id");
  VALENCE_TRY(run.status, ParseRunStatus(TextOf(info, "status")));
  run.start_time = IntegerOf(info, "start_time");
  run.end_time = IntegerOf(info, "end_time");
  run.artifact_uri = TextOf(info, "artifact_uri");
  run.lifecycle_stage = TextOf(info, "lifecycle_stage");
  run.metrics = MetricsFrom(data, "metrics");
  run.params = PairsFrom<Param>(data, "params");
  for (const Json& input : ElementsOf(MemberOf(json, "inputs"), "dataset_inputs")) {
    run.inputs.push_back(DatasetFrom(input));
  }
  for (const Json& output : ElementsOf(MemberOf(json, "outputs"), "model_outputs")) {
    run.outputs.push_back({TextOf(output, "model_id"), IntegerOf(output, "step")});
  }
  return run;
}

LoggedModel LoggedModelFrom(const Json& json) {
  const Json& info = MemberOf(json, "info");
  const Json& data = MemberOf(json, "data");
  LoggedModel model;
  model.model_id = TextOf(info, "model_id");
  model.experiment_id = TextOf(info, "experiment_id");
  model.name = TextOf(info, "name");
  model.artifact_location = TextOf(info, "artifact_uri");
  model.model_type = TextOf(info, "model_type");
  model.source_run_id = TextOf(info, "source_run_id");
  model.status = ModelStatusFrom(TextOf(info, "status"));
  model.creation_timestamp = IntegerOf(info, "creation_timestamp_ms");
  model.tags = PairsFrom<Tag>(info, "tags");
  model.params = PairsFrom<Param>(data, "params");
  model.metrics = MetricsFrom(data, "metrics");
  return model;
}

ModelVersion ModelVersionFrom(const Json& json) {
  ModelVersion version;
  version.name = TextOf(json, "name");
  version.version = TextOf(json, "version");
  version.run_id = TextOf(json, "run_id");
  version.model_id = TextOf(json, "model_id");
  version.source = TextOf(json, "source");
  // Servers omit model_id on a create; the source names it all the same.
  if (version.model_id.empty() && version.source.rfind("models:/m-", 0) == 0)
    version.model_id = version.source.substr(8);
  version.description = TextOf(json, "description");
  version.current_stage = TextOf(json, "current_stage");
  version.status = TextOf(json, "status");
  version.creation_timestamp = IntegerOf(json, "creation_timestamp");
  for (const Json& alias : ElementsOf(json, "aliases")) {
    if (alias.is_string()) version.aliases.push_back(alias.string());
  }
  std::sort(version.aliases.begin(), version.aliases.end());
  version.tags = PairsFrom<Tag>(json, "tags");
  return version;
}

RegisteredModel RegisteredModelFrom(const Json& json) {
  RegisteredModel model;
  model.name = TextOf(json, "name");
  model.description = TextOf(json, "description");
  model.creation_timestamp = IntegerOf(json, "creation_timestamp");
  model.last_updated_timestamp = IntegerOf(json, "last_updated_timestamp");
  for (const Json& alias : ElementsOf(json, "aliases")) {
    model.aliases[TextOf(alias, "alias")] = TextOf(alias, "version");
  }
  model.tags = PairsFrom<Tag>(json, "tags");
  return model;
}

}  // namespace valence::tracking::internal
