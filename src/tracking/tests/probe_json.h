// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/tracking/registry_store.h"
#include "valence/tracking/run.h"
#include "valence/tracking/run_record.h"

/// Entities as the JSON that tests/mlflow speaks with tracking_probe: field names as in C++, tags and params as
/// objects, metrics as {"key","value","timestamp","step"} where value may be "NaN", "Infinity" or "-Infinity".
namespace valence::tracking::probe {

/// The member, or a default if it is absent.
std::string Text(const Json& object, std::string_view key);
std::int64_t Int(const Json& object, std::string_view key);
std::vector<std::string> Texts(const Json& object, std::string_view key);

/// Pairs is std::vector<Tag> or std::vector<Param>; they come in the order of the JSON object.
template <class Pairs>
Pairs PairsFrom(const Json& object, std::string_view key) {
  Pairs pairs;
  const Json* member = object.Find(key);
  if (member == nullptr) return pairs;
  for (const auto& [name, value] : member->object()) pairs.push_back({name, value.string()});
  return pairs;
}
inline std::vector<Tag> Tags(const Json& object) { return PairsFrom<std::vector<Tag>>(object, "tags"); }
inline std::vector<Param> Params(const Json& object) { return PairsFrom<std::vector<Param>>(object, "params"); }
std::vector<Metric> Metrics(const Json& object);
DatasetInput DatasetFrom(const Json& object);
std::vector<DatasetInput> Datasets(const Json& object);
RunRecord RecordFrom(const Json& object);

Json ToJson(const Metric& metric);
Json ToJson(const Experiment& experiment);
Json ToJson(const Run& run);
Json ToJson(const LoggedModel& model);
Json ToJson(const ArtifactEntry& entry);
Json ToJson(const RegisteredModel& model);
Json ToJson(const ModelVersion& version);
Json ToJson(const Published& published);
inline Json ToJson(const std::string& text) { return Json(text); }

template <class T>
Json ToJson(const std::vector<T>& values) {
  Json array = Json::MakeArray();
  for (const T& value : values) array.Push(ToJson(value));
  return array;
}

}  // namespace valence::tracking::probe
