// SPDX-License-Identifier: Apache-2.0
#include "valence/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace valence::internal {

// stdio, not the logger: the logger may be what is broken.
void CheckFailed(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace valence::internal
