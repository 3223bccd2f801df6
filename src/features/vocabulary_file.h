// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "valence/features/vectorizer.h"

namespace valence::features::internal {

/// Reads a user's vocabulary: `*.json` as vocabulary.json, anything else as one term a line, the first in column 0
/// (empty lines are skipped). Errors: ReadFile's; kDataCorrupt for a file that is neither, or is not UTF-8;
/// kInvalidArgument if it has no term.
Result<Vocabulary> ReadVocabularyFile(const std::string& path);

}  // namespace valence::features::internal
