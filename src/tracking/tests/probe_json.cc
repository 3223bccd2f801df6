// SPDX-License-Identifier: Apache-2.0
#include "probe_json.h"

#include <cmath>
#include <limits>

namespace valence::tracking::probe {
namespace {

double NumberFrom(const Json& value) {
  if (value.is_number()) return value.number();
  if (value.string() == "NaN") return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return value.string() == "-Infinity" ? -infinity : infinity;
}

Json NumberToJson(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

template <class Pairs>
Json PairsToJson(const Pairs& pairs) {
  Json object = Json::MakeObject();
  for (const auto& pair : pairs) object.Set(pair.key, pair.value);
  return object;
}

Json ToJson(const DatasetInput& dataset) {
  return Json::MakeObject({{"name", dataset.name},
                           {"digest", dataset.digest},
                           {"source_type", dataset.source_type},
                           {"source", dataset.source},
                           {"schema", dataset.schema},
                           {"profile", dataset.profile},
                           {"context", dataset.context}});
}

Json ToJson(const ModelOutput& output) {
  return Json::MakeObject({{"model_id", output.model_id}, {"step", output.step}});
}

std::vector<RecordedFile> Files(const Json& object, std::string_view key) {
  std::vector<RecordedFile> files;
  const Json* member = object.Find(key);
  if (member == nullptr) return files;
  for (const auto& [path, file] : member->object()) files.push_back({file.string(), path});
  return files;
}

template <class T>
Json ArrayToJson(const std::vector<T>& values) {
  Json array = Json::MakeArray();
  for (const T& value : values) array.Push(ToJson(value));
  return array;
}

std::string_view StatusName(ModelStatus status) {
  if (status == ModelStatus::kPending) return "PENDING";
  return status == ModelStatus::kReady ? "READY" : "UPLOAD_FAILED";
}

}  // namespace

std::string Text(const Json& object, std::string_view key) {
  const Json* member = object.Find(key);
  return member != nullptr && member->is_string() ? member->string() : "";
}

std::int64_t Int(const Json& object, std::string_view key) {
  const Json* member = object.Find(key);
  return member != nullptr && member->is_int() ? member->integer() : 0;
}

std::vector<std::string> Texts(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  const Json* member = object.Find(key);
  if (member == nullptr) return texts;
  for (const Json& text : member->array()) texts.push_back(text.string());
  return texts;
}

std::vector<Metric> Metrics(const Json& object) {
  std::vector<Metric> metrics;
  const Json* member = object.Find("metrics");
  if (member == nullptr) return metrics;
  for (const Json& metric : member->array())
    metrics.push_back(
        {Text(metric, "key"), NumberFrom(*metric.Find("value")), Int(metric, "timestamp"), Int(metric, "step")});
  return metrics;
}

DatasetInput DatasetFrom(const Json& object) {
  return {Text(object, "name"),   Text(object, "digest"),  Text(object, "source_type"), Text(object, "source"),
          Text(object, "schema"), Text(object, "profile"), Text(object, "context")};
}

std::vector<DatasetInput> Datasets(const Json& object) {
  std::vector<DatasetInput> datasets;
  const Json* member = object.Find("datasets");
  if (member == nullptr) return datasets;
  for (const Json& dataset : member->array()) datasets.push_back(DatasetFrom(dataset));
  return datasets;
}

RunRecord RecordFrom(const Json& object) {
  RunRecord record;
  record.request_id = Text(object, "request_id");
  if (object.Find("experiment") != nullptr) record.experiment = Text(object, "experiment");
  record.active_model_id = Text(object, "active_model_id");
  record.run_name = Text(object, "run_name");
  record.user_id = Text(object, "user_id");
  record.start_time = Int(object, "start_time");
  record.end_time = Int(object, "end_time");
  record.params = Params(object);
  record.metrics = Metrics(object);
  record.tags = Tags(object);
  record.datasets = Datasets(object);
  record.artifacts = Files(object, "artifacts");
  if (const Json* model = object.Find("model"); model != nullptr) {
    RecordedModel recorded;
    if (model->Find("name") != nullptr) recorded.name = Text(*model, "name");
    recorded.files = Files(*model, "files");
    recorded.params = Params(*model);
    recorded.metrics = Metrics(*model);
    recorded.tags = Tags(*model);
    record.model = std::move(recorded);
  }
  if (const Json* children = object.Find("children"); children != nullptr)
    for (const Json& child : children->array()) record.children.push_back(RecordFrom(child));
  return record;
}

Json ToJson(const Metric& metric) {
  return Json::MakeObject({{"key", metric.key},
                           {"value", NumberToJson(metric.value)},
                           {"timestamp", metric.timestamp},
                           {"step", metric.step}});
}

Json ToJson(const Experiment& experiment) {
  return Json::MakeObject({{"experiment_id", experiment.experiment_id},
                           {"name", experiment.name},
                           {"artifact_location", experiment.artifact_location},
                           {"lifecycle_stage", experiment.lifecycle_stage},
                           {"tags", PairsToJson(experiment.tags)}});
}

Json ToJson(const Run& run) {
  return Json::MakeObject({{"run_id", run.run_id},
                           {"run_name", run.run_name},
                           {"experiment_id", run.experiment_id},
                           {"user_id", run.user_id},
                           {"status", RunStatusName(run.status)},
                           {"start_time", run.start_time},
                           {"end_time", run.end_time},
                           {"artifact_uri", run.artifact_uri},
                           {"lifecycle_stage", run.lifecycle_stage},
                           {"metrics", ToJson(run.metrics)},
                           {"params", PairsToJson(run.params)},
                           {"tags", PairsToJson(run.tags)},
                           {"inputs", ArrayToJson(run.inputs)},
                           {"outputs", ArrayToJson(run.outputs)}});
}

Json ToJson(const LoggedModel& model) {
  return Json::MakeObject({{"model_id", model.model_id},
                           {"experiment_id", model.experiment_id},
                           {"name", model.name},
                           {"artifact_location", model.artifact_location},
                           {"model_type", model.model_type},
                           {"source_run_id", model.source_run_id},
                           {"status", StatusName(model.status)},
                           {"creation_timestamp", model.creation_timestamp},
                           {"tags", PairsToJson(model.tags)},
                           {"params", PairsToJson(model.params)}});
}

Json ToJson(const ArtifactEntry& entry) {
  return Json::MakeObject({{"path", entry.path}, {"is_folder", entry.is_folder}, {"bytes", entry.bytes}});
}

Json ToJson(const RegisteredModel& model) {
  Json aliases = Json::MakeObject();
  for (const auto& [alias, version] : model.aliases) aliases.Set(alias, version);
  return Json::MakeObject({{"name", model.name},
                           {"description", model.description},
                           {"creation_timestamp", model.creation_timestamp},
                           {"last_updated_timestamp", model.last_updated_timestamp},
                           {"aliases", aliases},
                           {"tags", PairsToJson(model.tags)}});
}

Json ToJson(const ModelVersion& version) {
  return Json::MakeObject({{"name", version.name},
                           {"version", version.version},
                           {"run_id", version.run_id},
                           {"model_id", version.model_id},
                           {"source", version.source},
                           {"description", version.description},
                           {"current_stage", version.current_stage},
                           {"status", version.status},
                           {"creation_timestamp", version.creation_timestamp},
                           {"aliases", Json::ArrayOf(version.aliases)},
                           {"tags", PairsToJson(version.tags)}});
}

Json ToJson(const Published& published) {
  return Json::MakeObject({{"run_id", published.run_id},
                           {"experiment_id", published.experiment_id},
                           {"model_id", published.model_id},
                           {"model_uri", published.model_uri},
                           {"warnings", Json::ArrayOf(published.warnings)}});
}

}  // namespace valence::tracking::probe
