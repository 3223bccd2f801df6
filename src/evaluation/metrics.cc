// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/metrics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "metric_fields.h"
#include "score_table.h"
#include "valence/base/check.h"

namespace valence::evaluation {

const std::vector<std::string_view>& MetricNames() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (const MetricField& field : kMetricFields) list.push_back(field.name);
    return list;
  }();
  return names;
}

bool MoreIsBetter(std::string_view name) {
  const auto field =
      std::find_if(kMetricFields.begin(), kMetricFields.end(), [&](const auto& f) { return f.name == name; });
  VALENCE_CHECK(field != kMetricFields.end(), "a metric's name");
  return field->more_is_better;
}

Result<double> Metrics::Find(std::string_view name) const {
  for (const MetricField& field : kMetricFields) {
    if (field.name == name) return this->*field.value;
  }
  return InvalidArgument(fmt::format("unknown metric '{}'; expected one of {}", name, fmt::join(MetricNames(), ", ")));
}

Result<Metrics> ComputeMetrics(const Scored& scored) {
  VALENCE_RETURN_IF_ERROR(Validate(scored));
  const std::vector<std::uint32_t> once(scored.size(), 1);
  return WeightedMetrics(MakeScoreTable(scored), once);
}

Json ToJson(const Metrics& metrics, const std::vector<std::string>& labels) {
  Json json = Json::MakeObject({{"documents", metrics.documents}});
  for (const MetricField& field : kMetricFields) json.Set(field.name, metrics.*field.value);
  Json per_class = Json::MakeObject();
  for (std::size_t c = 0; c < metrics.per_class.size() && c < labels.size(); ++c) {
    const ClassMetrics& figures = metrics.per_class[c];
    per_class.Set(labels[c], Json::MakeObject({{"precision", figures.precision},
                                               {"recall", figures.recall},
                                               {"f1", figures.f1},
                                               {"support", figures.support}}));
  }
  json.Set("per_class", std::move(per_class));
  json.Set("labels", Json::ArrayOf(labels));
  Json matrix = Json::MakeArray();
  for (const auto& row : metrics.confusion_matrix) matrix.Push(Json::ArrayOf(row));
  json.Set("confusion_matrix", std::move(matrix));
  Json intervals = Json::MakeObject();
  for (const MetricField& field : kMetricFields) {
    const auto found = metrics.intervals.find(std::string(field.name));
    if (found == metrics.intervals.end()) continue;
    intervals.Set(field.name, Json::MakeObject({{"low", found->second.low}, {"high", found->second.high}}));
  }
  json.Set("intervals", std::move(intervals));
  return json;
}

}  // namespace valence::evaluation
