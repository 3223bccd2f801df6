// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace valence {

/// The release, as in CMakeLists.txt. Goes into model files, so it must not change from commit to commit.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace valence
