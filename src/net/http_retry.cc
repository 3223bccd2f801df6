// SPDX-License-Identifier: Apache-2.0
#include "http_retry.h"

#include <algorithm>
#include <random>

namespace valence::net::internal {

bool IsPassingStatus(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::chrono::milliseconds PauseBefore(int next, const RetryPolicy& policy, std::chrono::milliseconds retry_after) {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  const auto doubled = policy.first_pause * (1 << std::clamp(next - 2, 0, 16));
  const auto bounded = static_cast<double>(std::min(doubled, policy.longest_pause).count());
  std::uniform_real_distribution<double> spread(1 - policy.jitter, 1 + policy.jitter);
  const std::chrono::milliseconds pause(static_cast<std::int64_t>(bounded * spread(generator)));
  if (!policy.respect_retry_after) return pause;
  return std::max(pause, std::min(retry_after, policy.longest_pause));
}

}  // namespace valence::net::internal
