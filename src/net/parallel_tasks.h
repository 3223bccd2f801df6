// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "valence/base/result.h"

namespace valence::net::internal {

/// Calls task(0) ... task(count - 1) on up to `threads` threads, the caller's among them, in any order. After an error
/// no new task begins. The error of the lowest number that failed, or success.
Status RunTasks(std::size_t count, int threads, const std::function<Status(std::size_t)>& task);

}  // namespace valence::net::internal
