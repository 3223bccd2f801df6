// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace valence::serving {

/// Decides, from how long requests had to wait, which of them a thread still answers. In the manner of CoDel (RFC 8289)
/// a wait over the limit alone refuses nobody: bursts and a thread that the system held up are worked off. But once
/// every request of `kPatience`, and `kEnough` in a row, was over the limit there is more work than can be done, and
/// then those over the limit are refused, which keeps the wait of the others at about the limit, until for `kRecovery`
/// none is over it. A few clients with long work, one request after the other, are no overload. One thread only.
class OverloadGate {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPatience{100};
  static constexpr std::chrono::milliseconds kRecovery{1000};
  static constexpr int kEnough = 16;

  /// `limit` 0: refuses nobody.
  explicit OverloadGate(std::chrono::nanoseconds limit) : limit_(limit) {}

  bool enabled() const { return limit_.count() > 0; }
  /// What Refuses would say if it does not take this request to find that there is an overload. Changes nothing.
  bool WouldRefuse(std::chrono::nanoseconds waited) const { return overloaded_ && waited > limit_; }
  /// Whether Refuses looks at `now`: most of the time there is no overload, and a look at the clock costs something.
  bool NeedsTime(std::chrono::nanoseconds waited) const { return overloaded_ || waited > limit_; }
  /// Whether to refuse a request that has waited for so long.
  bool Refuses(std::chrono::nanoseconds waited, Clock::time_point now) {
    if (waited <= limit_) {
      late_since_ = {};
      late_ = 0;
      overloaded_ = overloaded_ && now - last_late_ < kRecovery;
      return false;
    }
    if (late_since_ == Clock::time_point{}) late_since_ = now;
    last_late_ = now;
    late_ = std::min(late_ + 1, kEnough);
    overloaded_ = overloaded_ || (late_ == kEnough && now - late_since_ >= kPatience);
    return overloaded_;
  }

 private:
  std::chrono::nanoseconds limit_;
  bool overloaded_ = false;
  int late_ = 0;                    // requests over the limit since late_since_, up to kEnough
  Clock::time_point late_since_{};  // the last request within the limit came before; {}: it was the last one
  Clock::time_point last_late_{};
};

}  // namespace valence::serving
