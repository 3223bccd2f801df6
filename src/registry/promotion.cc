// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/promotion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "valence/base/numbers.h"

namespace valence::registry {
namespace {

using evaluation::McNemar;
using evaluation::Metrics;

void Add(Verdict* verdict, std::string name, std::string detail, bool passed) {
  verdict->passed = verdict->passed && passed;
  verdict->checks.push_back({std::move(name), std::move(detail), passed});
}

Status CheckMinimums(const Metrics& metrics, const evaluation::EvaluateConfig& gate, Verdict* verdict) {
  VALENCE_TRY(const evaluation::GateResult result, evaluation::CheckGate(metrics, gate));
  for (const evaluation::GateCheck& check : result.checks) {
    const std::string name = (check.is_minimum ? "minimum " : "maximum ") + check.metric;
    Add(verdict, name,
        check.passed ? fmt::format("{} {:.4f} holds {} {}", check.metric, check.value,
                                   check.is_minimum ? ">=" : "<=", FormatDouble(check.bound))
                     : evaluation::Message(check),
        check.passed);
  }
  return Ok();
}

/// A drop that is a hair over its bound only because 0.9 - 0.88 is not 0.02 in binary is no drop.
constexpr double kRounding = 1e-12;

void CheckDrop(std::string name, const std::string& what, double challenger, double champion, double bound,
               Verdict* verdict) {
  const bool passed = champion - challenger <= bound + kRounding;
  Add(verdict, std::move(name),
      fmt::format("{} {:.4f} is {} the champion's {:.4f}{}", what, challenger,
                  challenger >= champion ? "not below" : "below", champion,
                  passed ? "" : fmt::format(" by more than {}", FormatDouble(bound))),
      passed);
}

void CheckSignificance(const McNemar& test, const PromoteConfig& config, Verdict* verdict) {
  const bool significant = test.p_value < config.alpha;
  const bool challenger_ahead = test.only_second > test.only_first;
  const bool passed = config.rule == "better" ? significant && challenger_ahead : !significant || challenger_ahead;
  const char* meaning = !significant       ? "no significant difference"
                        : challenger_ahead ? "the challenger is significantly better"
                                           : "the champion is significantly better";
  Add(verdict, "McNemar",
      fmt::format("{}: {} documents only the challenger gets right, {} only the champion (p = {:.3g}, alpha = {}, "
                  "rule {})",
                  meaning, test.only_second, test.only_first, test.p_value, FormatDouble(config.alpha), config.rule),
      passed);
}

/// Both see the same texts, so their slices are the same documents.
void CompareSlices(const Contender& challenger, const Contender& champion, const PromoteConfig& config,
                   Verdict* verdict) {
  const auto ours = evaluation::SlicesByLength(challenger.scored), theirs = evaluation::SlicesByLength(champion.scored);
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    const double a = ours[i].metrics.accuracy, b = theirs[i].metrics.accuracy;
    verdict->slices.push_back({ours[i].name, a, b});
    if (ours[i].metrics.documents < static_cast<std::uint64_t>(config.min_slice_documents)) continue;
    CheckDrop("slice " + ours[i].name, fmt::format("accuracy on {} documents", ours[i].metrics.documents), a, b,
              config.max_slice_drop, verdict);
  }
}

}  // namespace

Result<Verdict> Judge(const Contender& challenger, const Contender* champion, const evaluation::EvaluateConfig& gate,
                      const PromoteConfig& config) {
  Verdict verdict;
  verdict.challenger = challenger.version;
  verdict.documents = challenger.scored.size();
  VALENCE_TRY(const Metrics ours, evaluation::ComputeMetrics(challenger.scored));
  Metrics theirs;
  if (champion != nullptr) {
    verdict.champion = champion->version;
    VALENCE_TRY(verdict.test, evaluation::McNemarTest(champion->scored, challenger.scored));
    VALENCE_TRY(theirs, evaluation::ComputeMetrics(champion->scored));
  }
  for (const std::string_view name : evaluation::MetricNames()) {
    VALENCE_TRY(const double value, ours.Find(name));
    double other = std::numeric_limits<double>::quiet_NaN();
    if (champion != nullptr) {
      VALENCE_TRY(other, theirs.Find(name));
    }
    verdict.metrics.push_back({std::string(name), value, other});
  }
  VALENCE_RETURN_IF_ERROR(CheckMinimums(ours, gate, &verdict));
  if (champion == nullptr) {
    for (const auto& slice : evaluation::SlicesByLength(challenger.scored)) {
      verdict.slices.push_back({slice.name, slice.metrics.accuracy, std::numeric_limits<double>::quiet_NaN()});
    }
    return verdict;
  }
  if (champion->digest != challenger.digest) CheckSignificance(*verdict.test, config, &verdict);
  CheckDrop("accuracy", "accuracy", ours.accuracy, theirs.accuracy, config.max_accuracy_drop, &verdict);
  CompareSlices(challenger, *champion, config, &verdict);
  return verdict;
}

std::vector<std::string> Verdict::Refusals() const {
  std::vector<std::string> refusals;
  for (const PromotionCheck& check : checks) {
    if (!check.passed) refusals.push_back(check.name + ": " + check.detail);
  }
  return refusals;
}

Json Verdict::ToJson() const {
  const auto compared = [](const std::vector<ComparedMetric>& rows) {
    Json json = Json::MakeObject();
    for (const ComparedMetric& row : rows) {
      json.Set(row.name, Json::MakeObject({{"challenger", row.challenger}, {"champion", row.champion}}));
    }
    return json;
  };
  Json list = Json::MakeArray();
  for (const PromotionCheck& check : checks) {
    list.Push(Json::MakeObject({{"name", check.name}, {"passed", check.passed}, {"detail", check.detail}}));
  }
  Json json = Json::MakeObject({{"challenger", challenger},
                                {"champion", champion.empty() ? Json() : Json(champion)},
                                {"documents", documents},
                                {"metrics", compared(metrics)},
                                {"slices", compared(slices)}});
  if (test) {
    json.Set("mcnemar", Json::MakeObject({{"only_challenger", test->only_second},
                                          {"only_champion", test->only_first},
                                          {"p_value", test->p_value}}));
  }
  return json.Set("checks", std::move(list)).Set("passed", passed);
}

}  // namespace valence::registry
