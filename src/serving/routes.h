// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router.h"

namespace valence::serving {

/// Everything the service answers. Made at the first call; then read by all threads.
const Router& Routes();

}  // namespace valence::serving
