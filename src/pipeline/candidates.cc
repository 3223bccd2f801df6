// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "valence/linalg/rng.h"

namespace valence::pipeline {
namespace {

constexpr std::size_t kMostCombinations = 10000;

bool AreEqual(const Params& a, const Params& b) {
  return a.preprocess == b.preprocess && a.featurize == b.featurize && a.train == b.train;
}

/// Sets one parameter of a candidate. `where` is "tune.grid" for messages.
Status Set(const std::string& key, const Yaml& value, std::string_view where, Params* params) {
  return ApplyOverride(params->CandidateSections(), key, value, fmt::format("{}: {}", where, key));
}

/// "C=10" of "train.C".
std::string NameOf(const std::string& key, const Yaml& value) {
  return fmt::format("{}={}", key.substr(key.find('.') + 1), FlowYaml(value));
}

/// Marks the candidate that the parameters in force are, or puts them first.
void MarkInForce(const Params& params, std::vector<Candidate>* candidates) {
  const auto found = std::find_if(candidates->begin(), candidates->end(),
                                  [&](const Candidate& candidate) { return AreEqual(candidate.params, params); });
  if (found != candidates->end()) {
    found->in_force = true;
  } else {
    candidates->insert(candidates->begin(), Candidate{"in force", params, true});
  }
}

/// The number of combinations. Error: a value that is no list, an empty one, more than kMostCombinations.
Result<std::size_t> CountCombinations(const Yaml& grid) {
  std::size_t count = 1;
  for (const auto& [key, values] : grid.members) {
    if (values.kind != Yaml::Kind::kSequence || values.items.empty()) {
      return InvalidArgument(fmt::format("tune.grid: {}: expected a list of values, such as [1, 10]", key));
    }
    count *= values.items.size();
    if (count > kMostCombinations) {
      return InvalidArgument(
          fmt::format("tune.grid has more than {} combinations; try fewer values", kMostCombinations));
    }
  }
  return count;
}

/// The index-th combination, the last parameter changing fastest.
Result<Candidate> Combination(const Params& params, std::size_t index) {
  Candidate candidate{{}, params, false};
  std::vector<std::string> names;
  const auto& members = params.tune.grid.members;
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    const auto& [key, values] = *member;
    const Yaml& value = values.items[index % values.items.size()];
    index /= values.items.size();
    VALENCE_RETURN_IF_ERROR(Set(key, value, "tune.grid", &candidate.params));
    names.push_back(NameOf(key, value));
  }
  candidate.name = fmt::format("{}", fmt::join(names.rbegin(), names.rend(), " "));
  return candidate;
}

/// Which combinations to try, ascending.
std::vector<std::size_t> Chosen(std::size_t count, const Params& params) {
  linalg::RandomState random(static_cast<std::uint32_t>(params.cross_validation.seed));
  std::vector<std::size_t> chosen;
  for (const std::int64_t i : random.Permutation(static_cast<std::int64_t>(count))) {
    chosen.push_back(static_cast<std::size_t>(i));
  }
  const auto trials = static_cast<std::size_t>(params.tune.trials);
  if (trials > 0 && trials < count) chosen.resize(trials);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

Result<std::vector<Candidate>> GridCandidates(const Params& params) {
  VALENCE_TRY(const std::size_t count, CountCombinations(params.tune.grid));
  std::vector<Candidate> candidates;
  if (!params.tune.grid.members.empty()) {
    for (const std::size_t i : Chosen(count, params)) {
      VALENCE_TRY(Candidate candidate, Combination(params, i));
      candidates.push_back(std::move(candidate));
    }
  }
  MarkInForce(params, &candidates);
  return candidates;
}

Result<std::vector<Candidate>> NamedCandidates(const Params& params) {
  std::vector<Candidate> candidates;
  for (const auto& [name, overrides] : params.compare.candidates.members) {
    const std::string where = "compare.candidates: " + name;
    if (overrides.kind != Yaml::Kind::kMap) {
      return InvalidArgument(fmt::format("{}: expected a map from parameter to value, such as {{train.C: 3}}", where));
    }
    Candidate candidate{name, params, false};
    for (const auto& [key, value] : overrides.members) {
      VALENCE_RETURN_IF_ERROR(Set(key, value, where, &candidate.params));
    }
    candidates.push_back(std::move(candidate));
  }
  MarkInForce(params, &candidates);
  return candidates;
}

}  // namespace valence::pipeline
