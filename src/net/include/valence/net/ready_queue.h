// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

namespace valence::net {

/// The requests that have reached a thread and are not yet answered, while it has more to do than it can. As long as it
/// keeps up, it answers each as it reads it and this is idle. From the first request that waited longer than
/// `late_after` until the queue is empty, everything goes through it: first those that are late by now, the oldest
/// first, for the handler to refuse or to answer after all; then the newest. Were the oldest answered first, all of
/// them would wait until they are just about late; so most do not wait at all, and those that cannot be answered in
/// time learn it soon ("Fail at Scale", ACM Queue 13(8), 2015: adaptive LIFO). But once all that are here can be
/// answered well before they are late, at the pace at which they were, the oldest comes first again: else a few clients
/// that ask anew with each answer would keep the others waiting for ever. Who comes when there is work enough
/// (IsFull) can be found to be refused at once: later that costs more, since by then the caches hold other things. When
/// they are told, RefusalQueue says. One thread only.
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
  /// Whether those that are here take a quarter of the time after which one more would be late: the rest is for what
  /// nobody foresees, and whoever is answered has not waited long. Never while it is empty, whatever was measured:
  /// something must be answered.
  bool IsFull() const { return !items_.empty() && pace_.count() > 0 && TimeForAll() > late_after_ / 4; }
  bool empty() const { return items_.empty(); }
  void Push(Item item, std::chrono::nanoseconds waited, Clock::time_point now) {
    items_.emplace(now - waited, std::move(item));
  }
  /// The next to be answered, and how long it has waited. Not to be called on an empty queue. `more_come`: there are
  /// clients who have been refused and who will ask again, so the overload is not over with the last that is here.
  Ready Pop(Clock::time_point now, bool more_come = false) {
    Measure(now);
    auto next = items_.begin();
    const bool late = now - next->first > late_after_;
    if (!late && !InTime()) next = std::prev(items_.end());
    Ready ready{std::move(next->second), now - next->first};
    items_.erase(next);
    active_ = !items_.empty() || more_come;
    measuring_ = !items_.empty() && !late;  // the late may be refused, which is no work
    if (!active_) pace_ = {};               // of work that may never come again
    last_ = now;
    return ready;
  }

 private:
  /// Whether all that are here would be answered before the last of them is late, with a quarter of that time to spare.
  bool InTime() const { return pace_.count() > 0 && TimeForAll() <= late_after_ * 3 / 4; }
  std::chrono::nanoseconds TimeForAll() const { return static_cast<std::int64_t>(items_.size()) * pace_; }
  void Measure(Clock::time_point now) {
    if (!measuring_) return;
    const std::chrono::nanoseconds latest = now - last_;
    pace_ = pace_.count() == 0 ? latest : pace_ + (latest - pace_) / 8;
  }

  std::chrono::nanoseconds late_after_;
  bool active_ = false;
  bool measuring_ = false;  // what Pop gave at last_ was to be answered, and others wait for it
  Clock::time_point last_{};
  std::chrono::nanoseconds pace_{};               // from one answer to the next; 0: not known
  std::multimap<Clock::time_point, Item> items_;  // by arrival
};

}  // namespace valence::net
