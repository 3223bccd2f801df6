// SPDX-License-Identifier: Apache-2.0
#include "queue_watch.h"

#include <algorithm>

namespace valence::rpc {
namespace {

constexpr std::chrono::milliseconds kInterval{1};  // a mark costs about a microsecond

}  // namespace

std::chrono::nanoseconds QueueWatch::Waited(Clock::time_point now) {
  // A measure that is older than what it says is of a queue that has been empty since.
  std::chrono::nanoseconds waited = now - came_out_ <= kInterval + waited_ ? waited_ : std::chrono::nanoseconds(0);
  if (is_set_) return std::max<std::chrono::nanoseconds>(waited, now - set_);
  if (stopped_ || now - set_ < kInterval) return waited;
  set_ = now;
  is_set_ = true;
  alarm_.Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), static_cast<Tag*>(this));
  return waited;
}

void QueueWatch::Proceed(bool /*ok*/) {
  is_set_ = false;
  came_out_ = Clock::now();
  waited_ = came_out_ - set_;
}

}  // namespace valence::rpc
