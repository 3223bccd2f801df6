// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "valence/base/numbers.h"
#include "valence/evaluation/report.h"

namespace valence::evaluation {
namespace {

Status AddChecks(const Metrics& metrics, const NumberMap& bounds, bool is_minimum, GateResult* gate) {
  for (const auto& [name, bound] : bounds) {
    auto value = metrics.Find(name);
    if (!value.has_value()) {
      return std::move(value).error().With(is_minimum ? "evaluate.minimum" : "evaluate.maximum");
    }
    const bool passed = is_minimum ? *value >= bound : *value <= bound;  // false for NaN either way
    gate->checks.push_back({name, *value, bound, is_minimum, passed});
    gate->passed = gate->passed && passed;
  }
  return Ok();
}

}  // namespace

void EvaluateConfig::Describe(FieldVisitor& v) {
  v.Visit({"bootstrap_resamples", "Resamples behind each 95 % interval; 0 leaves the intervals out.", ">= 0"},
          bootstrap_resamples, Between(0, 1e6));
  v.Visit({"seed", "Seed of the bootstrap; resample i draws with RandomState(seed + i).", "0 to 2^32 - 1"}, seed,
          Between(0, 4294967295.0));
  v.Visit({"worst_documents", "Most confidently wrong documents listed in the report.", ">= 0"}, worst_documents,
          Between(0, 1e4));
  v.Visit({"top_words", "Strongest words listed per class.", ">= 0"}, top_words, Between(0, 1e4));
  v.Visit({"minimum", "Gate: metric -> least value; a metric below it refuses the model.", "metric names"}, minimum);
  v.Visit({"maximum", "Gate: metric -> greatest value; a metric above it refuses the model.", "metric names"}, maximum);
}

Result<GateResult> CheckGate(const Metrics& metrics, const EvaluateConfig& config) {
  GateResult gate;
  VALENCE_RETURN_IF_ERROR(AddChecks(metrics, config.minimum, true, &gate));
  VALENCE_RETURN_IF_ERROR(AddChecks(metrics, config.maximum, false, &gate));
  return gate;
}

std::string Message(const GateCheck& check) {
  const std::string_view bound = check.is_minimum ? "the minimum" : "the maximum";
  if (check.passed)
    return fmt::format("{} {:.4f} meets {} {}", check.metric, check.value, bound, FormatDouble(check.bound));
  if (check.value != check.value) {
    return fmt::format("{} is undefined on this data, which misses {} {}", check.metric, bound,
                       FormatDouble(check.bound));
  }
  // All digits: 0.7499999 rounded would read as if it had met 0.75.
  return fmt::format("{} {} is {} {} {}", check.metric, FormatDouble(check.value), check.is_minimum ? "below" : "above",
                     bound, FormatDouble(check.bound));
}

}  // namespace valence::evaluation
