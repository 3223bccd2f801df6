// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "valence/base/config.h"

namespace valence::internal {

/// Puts a place before a message: `key` in `section`, on 1-based `line`.
using Locate = std::function<std::string(int line, std::string_view key)>;

/// Sets the section's fields from `node`, a map or null. The first error ends it. Errors: as ApplyYaml().
Status ReadSection(const ConfigSection& section, const Yaml& node, const Locate& locate);

/// "'abc'" for a scalar, "a list", "a map", "nothing": what a message says it got.
std::string Got(const Yaml& node);

}  // namespace valence::internal
