// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "valence/net/http_client.h"

namespace valence::net::internal {

/// 408, 429, 500, 502, 503, 504: the same request may be answered otherwise in a while.
bool IsPassingStatus(int status);

/// How long to wait before attempt `next` (2 is the second): first_pause doubled each time up to longest_pause, spread
/// by jitter so that many clients do not come back at the same moment, and at least what the server asked for (up to
/// longest_pause too). Thread-safe.
std::chrono::milliseconds PauseBefore(int next, const RetryPolicy& policy, std::chrono::milliseconds retry_after);

}  // namespace valence::net::internal
