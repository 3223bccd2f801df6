// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "sink.h"
#include "valence/text/preprocessor.h"

namespace valence::text {

/// Runs `passes` over `text`, keeping for each byte the original bytes it came from.
AlignedText ApplyAlignedPasses(std::span<const Pass> passes, std::string_view text);

}  // namespace valence::text
