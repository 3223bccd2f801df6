// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "valence/data/document.h"

namespace valence::data::internal {

/// A number per document, the same for texts that are equal after folding white space and lower-casing ASCII letters.
/// Those belong on one side of every split. On all threads.
std::vector<std::uint64_t> AlikeHashes(const Dataset& documents);

}  // namespace valence::data::internal
