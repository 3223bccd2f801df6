// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace valence::serving {

/// A token bucket of one second's worth of requests, at least one. It keeps nothing but the time at which it will be
/// full again (the generic cell rate algorithm, ITU-T I.371), so that taking a token is one atomic exchange.
/// Thread-safe.
class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;
  struct Grant {
    bool granted = true;
    std::int64_t remaining = 0;              ///< whole tokens left
    std::chrono::nanoseconds until_full{};   ///< if no more are taken
    std::chrono::nanoseconds retry_after{};  ///< until there is a token, if not granted
  };

  /// `rate`: tokens a second, above 0.
  Grant Take(double rate, Clock::time_point now);
  /// Take's answer if there is no token to take; else only that there is one, which stays.
  Grant Look(double rate, Clock::time_point now) const;

 private:
  std::atomic<std::int64_t> full_at_{0};  // ns on Clock
};

/// The tokens a bucket of this rate holds.
std::int64_t BucketSize(double rate);

/// A bucket for every client address, in memory that does not grow: addresses are spread over 65,536 buckets by a hash
/// that nobody outside can foresee, and the few that meet in one share it. An IPv6 network (/64) counts as one
/// address. Thread-safe.
class AddressLimiter {
 public:
  explicit AddressLimiter(double rate);
  double rate() const { return rate_; }
  TokenBucket::Grant Take(std::string_view address, TokenBucket::Clock::time_point now);
  TokenBucket::Grant Look(std::string_view address, TokenBucket::Clock::time_point now) const;

 private:
  TokenBucket& BucketOf(std::string_view address) const;

  const double rate_;
  const std::uint64_t secret_;
  std::unique_ptr<TokenBucket[]> buckets_;
};

/// Appends RateLimit-Limit, -Remaining and -Reset (draft-ietf-httpapi-ratelimit-headers-07), and Retry-After for a
/// refusal.
void AppendRateHeaders(double rate, const TokenBucket::Grant& grant, std::string* headers);

}  // namespace valence::serving
