// SPDX-License-Identifier: Apache-2.0
#include "rate_limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>

namespace valence::serving {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kBuckets = 1u << 16;

std::uint64_t MakeSecret() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

/// "2001:db8:1:2:3::9" becomes "2001:db8:1:2": by its first four groups, or what stands before "::" if that comes
/// first.
std::string_view NetworkOf(std::string_view address) {
  std::size_t end = 0;
  for (int groups = 0; groups < 4; ++groups) {
    end = address.find(':', end == 0 ? 0 : end + 1);
    if (end == std::string_view::npos) return address;  // IPv4
    if (address.substr(end).starts_with("::")) break;
  }
  return address.substr(0, end);
}

// FNV-1a begun with a secret, its bits mixed at the end.
std::uint64_t Hash(std::string_view text, std::uint64_t secret) {
  std::uint64_t hash = 0xcbf29ce484222325 ^ secret;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

std::int64_t Interval(double rate) { return std::max<std::int64_t>(1, std::llround(1e9 / rate)); }

std::int64_t Ticks(TokenBucket::Clock::time_point time) {
  return std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count();
}

/// Rounded up, and at least `least`.
std::int64_t WholeSeconds(nanoseconds time, std::int64_t least) {
  return std::max(least, std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

std::int64_t BucketSize(double rate) { return std::max<std::int64_t>(1, std::llround(rate)); }

TokenBucket::Grant TokenBucket::Look(double rate, Clock::time_point time) const {
  const std::int64_t debt = std::max<std::int64_t>(0, full_at_.load(std::memory_order_relaxed) - Ticks(time));
  const std::int64_t most = (BucketSize(rate) - 1) * Interval(rate);
  if (debt <= most) return {};
  return {.granted = false, .remaining = 0, .until_full = nanoseconds(debt), .retry_after = nanoseconds(debt - most)};
}

TokenBucket::Grant TokenBucket::Take(double rate, Clock::time_point time) {
  const std::int64_t interval = Interval(rate);
  const std::int64_t size = BucketSize(rate);
  const std::int64_t now = Ticks(time);
  std::int64_t seen = full_at_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t debt = std::max<std::int64_t>(0, seen - now);
    if (debt > (size - 1) * interval) {
      return {.granted = false,
              .remaining = 0,
              .until_full = nanoseconds(debt),
              .retry_after = nanoseconds(debt - (size - 1) * interval)};
    }
    const std::int64_t owed = debt + interval;
    if (full_at_.compare_exchange_weak(seen, now + owed, std::memory_order_relaxed)) {
      const std::int64_t taken = (owed + interval - 1) / interval;
      return {.granted = true, .remaining = size - taken, .until_full = nanoseconds(owed), .retry_after = {}};
    }
  }
}

AddressLimiter::AddressLimiter(double rate)
    : rate_(rate), secret_(MakeSecret()), buckets_(std::make_unique<TokenBucket[]>(kBuckets)) {}

TokenBucket& AddressLimiter::BucketOf(std::string_view address) const {
  return buckets_[Hash(NetworkOf(address), secret_) % kBuckets];
}

TokenBucket::Grant AddressLimiter::Take(std::string_view address, TokenBucket::Clock::time_point now) {
  return BucketOf(address).Take(rate_, now);
}

TokenBucket::Grant AddressLimiter::Look(std::string_view address, TokenBucket::Clock::time_point now) const {
  return BucketOf(address).Look(rate_, now);
}

void AppendRateHeaders(double rate, const TokenBucket::Grant& grant, std::string* headers) {
  fmt::format_to(std::back_inserter(*headers),
                 "RateLimit-Limit: {}\r\nRateLimit-Remaining: {}\r\nRateLimit-Reset: {}\r\n", BucketSize(rate),
                 grant.remaining, WholeSeconds(grant.until_full, 0));
  if (grant.granted) return;
  fmt::format_to(std::back_inserter(*headers), "Retry-After: {}\r\n", WholeSeconds(grant.retry_after, 1));
}

}  // namespace valence::serving
