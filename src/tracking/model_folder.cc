// SPDX-License-Identifier: Apache-2.0
#include "model_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "valence/base/json.h"
#include "valence/base/yaml.h"

namespace valence::tracking::internal {
namespace {

constexpr std::array<std::string_view, 3> kPlaced{"artifact_path:", "model_id:", "run_id:"};

/// Scalars stay text: readers of the tag look at names and paths only.
Json ToJson(const Yaml& yaml) {
  switch (yaml.kind) {
    case Yaml::Kind::kNull:
      return {};
    case Yaml::Kind::kScalar:
      return yaml.scalar;
    case Yaml::Kind::kSequence: {
      Json array = Json::MakeArray();
      for (const Yaml& item : yaml.items) array.Push(ToJson(item));
      return array;
    }
    case Yaml::Kind::kMap:
      break;
  }
  Json object = Json::MakeObject();
  for (const auto& [key, value] : yaml.members) object.Set(key, ToJson(value));
  return object;
}

}  // namespace

std::string PlaceMlmodel(std::string_view mlmodel, const ModelPlace& place) {
  std::string text;
  for (std::size_t begin = 0; begin < mlmodel.size();) {
    const std::size_t end = std::min(mlmodel.find('\n', begin), mlmodel.size());
    const std::string_view line = mlmodel.substr(begin, end - begin);
    const bool is_placed =
        std::any_of(kPlaced.begin(), kPlaced.end(), [&](std::string_view key) { return line.starts_with(key); });
    if (!is_placed) text.append(line).append("\n");
    begin = end + 1;
  }
  // JSON strings are YAML strings.
  text += fmt::format("artifact_path: {}\n", Json(place.artifact_path).Dump());
  if (!place.model_id.empty()) text += fmt::format("model_id: {}\n", Json(place.model_id).Dump());
  return text + fmt::format("run_id: {}\n", Json(place.run_id).Dump());
}

Result<std::string> LogModelHistory(std::string_view mlmodel, const ModelPlace& place) {
  VALENCE_TRY(const Yaml yaml, Yaml::Parse(mlmodel, "MLmodel"));
  Json entry = Json::MakeObject({{"run_id", place.run_id}, {"artifact_path", place.artifact_path}});
  for (const char* key : {"utc_time_created", "model_uuid", "flavors"}) {
    if (const Yaml* value = yaml.Find(key); value != nullptr) entry.Set(key, ToJson(*value));
  }
  return Json::MakeArray().Push(std::move(entry)).Dump();
}

}  // namespace valence::tracking::internal
