// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/pipeline/params.h"

/// The settings that `valence tune` and `valence compare` judge.
namespace valence::pipeline {

/// One setting of the parameters that shape a model.
struct Candidate {
  std::string name;  ///< "C=10 ngram_range=[1, 2]", or the one that params.yaml gives
  Params params;
  bool in_force = false;  ///< these are the parameters that `valence run` would take
};

/// Combinations of tune.grid in its order, the last parameter changing fastest, or tune.trials of them drawn at random;
/// and the parameters in force, if they are none of these, first. Error: kInvalidArgument for what is no parameter of
/// preprocess, featurize or train, for a value it does not take, and for a grid of more than 10,000.
Result<std::vector<Candidate>> GridCandidates(const Params& params);

/// The settings that compare.candidates names, and the parameters in force likewise. Errors: as GridCandidates.
Result<std::vector<Candidate>> NamedCandidates(const Params& params);

}  // namespace valence::pipeline
