// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace valence::tracking {

/// A new random UUID (version 4) as MLflow writes it: 32 lower-case hex digits. From the system's random source;
/// thread-safe.
std::string NewUuidHex();

}  // namespace valence::tracking
