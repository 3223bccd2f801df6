// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::serving {

/// What decides which version answers a request: the same for the same request, spread evenly over all 64-bit numbers.
/// Made from the first of these that there is: X-Request-Id, traceparent, the body. So a retry meets the version that
/// it met before.
std::uint64_t RequestKey(const net::HttpRequest& request);

/// Whether `key` falls into a share of `weight` (0 to 1) of all keys. A key in a share is also in every greater one, so
/// raising a canary's weight moves nobody back.
bool IsInShare(std::uint64_t key, double weight);

}  // namespace valence::serving
