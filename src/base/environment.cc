// SPDX-License-Identifier: Apache-2.0
#include "valence/base/environment.h"

#include <cstdlib>

namespace valence {

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::string {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
  };
}

}  // namespace valence
