// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/classifier/classifier.h"

namespace valence::classifier {

/// Scores every golden text of the classifier's bundle. Error: kDataCorrupt naming the first that differs by more than
/// 1e-9 from what the bundle says.
Status CheckGoldenTexts(const Classifier& classifier);

}  // namespace valence::classifier
