// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::serving {

/// A key for clients of `valence serve --api-keys`.
struct ApiKey {
  std::string secret;  ///< what the client sends; kept nowhere
  std::string line;    ///< what the server's file holds: "name:sha256[:requests per second]", without line end
};

/// Makes a key of 256 random bits. `name`: 1 to 64 of A-Z a-z 0-9 . _ - ; `rate` 0: the server's --rate-limit.
/// Errors: kInvalidArgument for the name or a negative rate, kUnavailable if the system has no random numbers.
Result<ApiKey> MakeApiKey(std::string_view name, double rate = 0);

}  // namespace valence::serving
