// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/base/result.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {

/// Whether `next`, which loaded, may take over from `current` (nullptr: from nobody). Its file's golden texts were
/// checked by the load; a model that brings none must score built-in texts alike by its compiled and its plain path.
/// Errors: kFailedPrecondition for other labels than clients know, kDataCorrupt for scores that differ or are no
/// numbers.
Status CheckSuccessor(const classifier::Classifier& next, const classifier::Classifier* current);

}  // namespace valence::serving
