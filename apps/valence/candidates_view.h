// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "valence/pipeline/cross_validate.h"

/// What people read at the end of `valence tune` and `valence compare`.
namespace valence::app {

/// One line a candidate, best first: mean and standard deviation of the metric that decides, means of others, and the
/// p-value of its difference to the best. Then those that failed, each with its reason.
std::string CandidatesTable(const pipeline::CrossValidation& validation);

/// Sentences on what the table says: the best candidate, and whether the parameters in force are worse than it.
std::string CandidatesVerdict(const pipeline::CrossValidation& validation);

}  // namespace valence::app
