// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include "valence/pipeline/cross_validate.h"

namespace valence::pipeline {
namespace {

Json MetricJson(const CandidateResult& result, std::string_view metric) {
  const FoldSpread spread = result.Spread(metric);
  Json folds = Json::MakeArray();
  for (const evaluation::Metrics& fold : result.folds) folds.Push(*fold.Find(metric));
  return Json::MakeObject({{"mean", spread.mean}, {"sd", spread.deviation}, {"folds", std::move(folds)}});
}

Json CandidateJson(const Candidate& candidate, const CandidateResult& result) {
  Json json = Json::MakeObject({{"name", candidate.name}, {"in_force", candidate.in_force}});
  Params params = candidate.params;
  Json parameters = Json::MakeObject();
  for (const ConfigSection& section : params.CandidateSections())
    parameters.Set(section.name, valence::ToJson(section));
  json.Set("parameters", std::move(parameters));
  if (result.failed()) return std::move(json.Set("error", result.failure));
  Json metrics = Json::MakeObject();
  for (const std::string_view metric : evaluation::MetricNames()) metrics.Set(metric, MetricJson(result, metric));
  json.Set("metrics", std::move(metrics));
  return std::move(json.Set("p_value", result.p_value));
}

}  // namespace

FoldSpread CandidateResult::Spread(std::string_view metric) const {
  std::vector<double> values;
  for (const evaluation::Metrics& fold : folds) values.push_back(*fold.Find(metric));
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / n)};
}

Json CrossValidation::ToJson() const {
  Json json = Json::MakeObject({{"metric", config.metric},
                                {"folds", config.folds},
                                {"seed", config.seed},
                                {"documents", documents},
                                {"train_sha256", train_sha256},
                                {"best", candidates[best()].name}});
  Json all = Json::MakeArray();
  for (std::size_t i = 0; i < candidates.size(); ++i) all.Push(CandidateJson(candidates[i], results[i]));
  return std::move(json.Set("candidates", std::move(all)));
}

}  // namespace valence::pipeline
