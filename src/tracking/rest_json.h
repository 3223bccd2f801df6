// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/tracking/registry_store.h"
#include "valence/tracking/run.h"

/// MLflow's JSON: entities to and from the bodies of its REST API. Reading is lenient (absent fields are empty, int64
/// may be a string, as old servers and DagsHub send it); writing is what every release accepts.
namespace valence::tracking::internal {

/// The member as text; "" if absent or of another type.
std::string TextOf(const Json& object, std::string_view key);
/// The member as a whole number, also from a string; 0 if absent.
std::int64_t IntegerOf(const Json& object, std::string_view key);
/// The elements of a member; none if absent or not an array.
const Json::Array& ElementsOf(const Json& object, std::string_view key);
/// The member, or a null value.
const Json& MemberOf(const Json& object, std::string_view key);

/// A double as MLflow reads it: NaN and infinities are strings, since a bare NaN makes the server drop all that
/// follows it (mlflow.md 1.1).
Json ValueJson(double value);
Json MetricJson(const Metric& metric);
/// {key, value} objects of Tag or Param.
template <class Pairs>
Json PairsJson(const Pairs& pairs) {
  Json array = Json::MakeArray();
  for (const auto& pair : pairs) array.Push(Json::MakeObject({{"key", pair.key}, {"value", pair.value}}));
  return array;
}
Json DatasetJson(const DatasetInput& dataset);

Metric MetricFrom(const Json& json);
Experiment ExperimentFrom(const Json& json);
/// Error: kDataCorrupt for a status or an id that no MLflow sends.
Result<Run> RunFrom(const Json& json);
LoggedModel LoggedModelFrom(const Json& json);
ModelVersion ModelVersionFrom(const Json& json);
RegisteredModel RegisteredModelFrom(const Json& json);

}  // namespace valence::tracking::internal
