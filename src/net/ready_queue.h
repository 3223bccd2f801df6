// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <iterator>
#include <map>
#include <utility>

namespace valence::net {

/// The requests that a thread has read and not yet answered, while it has more to do than it can. As long as it keeps
/// up, it answers each as it reads it and this is idle. From the first request that waited longer than `late_after`
/// until the queue is empty, everything goes through it: first those that are late by now, the oldest first, for the
/// handler to refuse or to answer after all; then the newest. Were the oldest answered first, all of them would wait
/// until they are just about late; so most do not wait at all, and those that cannot be answered in time learn it soon
/// ("Fail at Scale", ACM Queue 13(8), 2015: adaptive LIFO). One thread only.
template <class Item>
class ReadyQueue {
 public:
  using Clock = std::chrono::steady_clock;
  struct Ready {
    Item item;
    std::chrono::nanoseconds waited;
  };

  /// `late_after` 0: takes nothing.
  explicit ReadyQueue(std::chrono::nanoseconds late_after) : late_after_(late_after) {}

  /// Whether a request that has waited for so long must go through the queue.
  bool Takes(std::chrono::nanoseconds waited) {
    active_ = active_ || (late_after_.count() > 0 && waited > late_after_);
    return active_;
  }
  bool empty() const { return items_.empty(); }
  void Push(Item item, std::chrono::nanoseconds waited, Clock::time_point now) {
    items_.emplace(now - waited, std::move(item));
  }
  /// The next to be answered, and how long it has waited. Not to be called on an empty queue.
  Ready Pop(Clock::time_point now) {
    auto next = items_.begin();
    if (now - next->first <= late_after_) next = std::prev(items_.end());
    Ready ready{std::move(next->second), now - next->first};
    items_.erase(next);
    active_ = !items_.empty();
    return ready;
  }

 private:
  std::chrono::nanoseconds late_after_;
  bool active_ = false;
  std::multimap<Clock::time_point, Item> items_;  // by arrival
};

}  // namespace valence::net
