// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace valence::internal {

/// What a message adds about a name that is not among `known`: "; did you mean 'max_iter'?" if one is near (a slip of
/// about one letter in three, or only of case), else "; known are: a, b", else nothing.
std::string Suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace valence::internal
