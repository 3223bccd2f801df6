// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace valence {

/// Time since construction on the monotonic clock.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Milliseconds since 1970 by the system clock: MLflow's time stamps.
std::int64_t NowMilliseconds();
/// The same as of the kernel's last tick, a few milliseconds ago: costs a fifth.
std::int64_t CoarseNowMilliseconds();

/// UTC now as "2026-01-31T23:59:59Z".
std::string NowIso8601();

}  // namespace valence
