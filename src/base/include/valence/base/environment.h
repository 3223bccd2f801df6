// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace valence {

/// Reads one variable of an environment; "" if it is not set. A parameter, so that tests bring their own.
using Environment = std::function<std::string(const std::string& name)>;
/// This process's.
Environment ProcessEnvironment();

}  // namespace valence
