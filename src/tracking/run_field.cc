// SPDX-License-Identifier: Apache-2.0
#include "run_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace valence::tracking {
namespace {

using Kind = RunField::Kind;

struct Prefix {
  std::string_view name;
  Kind kind;
};
// mlflow/utils/search_utils.py: the identifiers it takes, aliases included.
constexpr std::array<Prefix, 13> kPrefixes{{{"metrics", Kind::kMetric},
                                            {"metric", Kind::kMetric},
                                            {"params", Kind::kParam},
                                            {"parameters", Kind::kParam},
                                            {"parameter", Kind::kParam},
                                            {"param", Kind::kParam},
                                            {"tags", Kind::kTag},
                                            {"tag", Kind::kTag},
                                            {"attributes", Kind::kAttribute},
                                            {"attribute", Kind::kAttribute},
                                            {"attr", Kind::kAttribute},
                                            {"datasets", Kind::kDataset},
                                            {"dataset", Kind::kDataset}}};

constexpr std::array<std::string_view, 7> kAttributes{"run_id",       "run_name",   "status",  "user_id",
                                                      "artifact_uri", "start_time", "end_time"};
constexpr std::array<std::string_view, 3> kDatasetFields{"name", "digest", "context"};

std::string_view Unquoted(std::string_view key) {
  const bool quoted = key.size() >= 2 && (key[0] == '`' || key[0] == '"') && key.back() == key[0];
  return quoted ? key.substr(1, key.size() - 2) : key;
}

template <class Names>
Status CheckName(const Names& names, std::string_view what, std::string_view key) {
  if (std::find(names.begin(), names.end(), key) != names.end()) return Ok();
  return InvalidArgument(fmt::format("unknown {} '{}'; known: {}", what, key, fmt::join(names, ", ")));
}

template <class Pairs>
std::vector<std::string_view> ValueOf(const Pairs& pairs, std::string_view key) {
  for (const auto& pair : pairs)
    if (pair.key == key) return {pair.value};
  return {};
}

std::string_view Attribute(const Run& run, std::string_view key) {
  if (key == "run_id") return run.run_id;
  if (key == "run_name") return run.run_name;
  if (key == "status") return RunStatusName(run.status);
  if (key == "user_id") return run.user_id;
  return run.artifact_uri;
}

std::string_view DatasetField(const DatasetInput& dataset, std::string_view key) {
  if (key == "name") return dataset.name;
  return key == "digest" ? dataset.digest : dataset.context;
}

}  // namespace

Result<RunField> ParseRunField(std::string_view text) {
  RunField field;
  std::string_view key = text;
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, dot);
    const auto known =
        std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const Prefix& p) { return p.name == prefix; });
    if (known == kPrefixes.end())
      return InvalidArgument(fmt::format("'{}': wanted metrics., params., tags., attributes. or datasets.", text));
    field.kind = known->kind;
    key = text.substr(dot + 1);
  }
  field.key = Unquoted(key);
  if (field.key.empty()) return InvalidArgument(fmt::format("'{}' names no key", text));
  if (field.kind == Kind::kAttribute) VALENCE_RETURN_IF_ERROR(CheckName(kAttributes, "attribute", field.key));
  if (field.kind == Kind::kDataset) VALENCE_RETURN_IF_ERROR(CheckName(kDatasetFields, "data set field", field.key));
  return field;
}

bool IsNumber(const RunField& field) {
  return field.kind == Kind::kMetric ||
         (field.kind == Kind::kAttribute && (field.key == "start_time" || field.key == "end_time"));
}

std::optional<double> NumberOf(const Run& run, const RunField& field) {
  if (field.kind == Kind::kAttribute) {
    const std::int64_t time = field.key == "start_time" ? run.start_time : run.end_time;
    return time == 0 ? std::nullopt : std::optional(static_cast<double>(time));
  }
  for (const Metric& metric : run.metrics)
    if (metric.key == field.key) return metric.value;
  return std::nullopt;
}

std::vector<std::string_view> TextsOf(const Run& run, const RunField& field) {
  switch (field.kind) {
    case Kind::kParam:
      return ValueOf(run.params, field.key);
    case Kind::kTag:
      return ValueOf(run.tags, field.key);
    case Kind::kAttribute:
      return {Attribute(run, field.key)};
    default:
      break;
  }
  std::vector<std::string_view> texts;
  for (const DatasetInput& dataset : run.inputs) texts.push_back(DatasetField(dataset, field.key));
  return texts;
}

}  // namespace valence::tracking
