// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

namespace valence::net {

/// The refusals of a thread that has more to do than it can, until they are sent. To refuse costs some 10 us, a tenth
/// of the work for a hundred short texts, and a client that is refused may ask again at once: were everybody told at
/// once, then under many times the load that a thread can bear it would do little else. So refusals get a small part of
/// its time, the oldest first, and their clients ask no more until then. One thread only.
template <class Item>
class RefusalQueue {
 public:
  using Clock = std::chrono::steady_clock;

  bool empty() const { return items_.empty(); }
  /// `cost`: the time that was spent on it already, which counts.
  void Push(Item item, Clock::time_point now, std::chrono::nanoseconds cost = {}) {
    if (items_.empty()) {
      last_ = now;
      time_ = {};
    }
    items_.push_back({std::move(item), now});
    time_ = std::max<std::chrono::nanoseconds>(time_ - cost, -kMostOwed);
  }
  /// Calls send(item) for as many as their share of the time allows, the oldest first. `others_wait`: for their
  /// answers.
  template <class Send>
  void SendSome(bool others_wait, const Send& send) {
    if (items_.empty()) return;
    const auto begin = Clock::now();
    const auto time = TimeFor(begin, others_wait);
    auto now = begin;
    for (; !items_.empty() && now - begin < time; now = Clock::now()) send(Pop());
    Use(now - begin);
  }

  // What SendSome is made of.
  /// What sending refusals may take now: nothing, unless it is above 0. Not to be called on an empty queue.
  std::chrono::nanoseconds TimeFor(Clock::time_point now, bool others_wait) {
    const auto passed = now - std::exchange(last_, now);
    const bool is_late = now - items_.front().since > kLate;
    return time_ += passed / (!others_wait ? kPartWhenIdle : is_late ? kPartForLate : kPart);
  }
  /// So much of that was used.
  void Use(std::chrono::nanoseconds time) { time_ -= time; }
  /// The oldest. Not to be called on an empty queue.
  Item Pop() {
    Item item = std::move(items_.front().item);
    items_.pop_front();
    return item;
  }

 private:
  struct Refusal {
    Item item;
    Clock::time_point since;
  };

  // A fiftieth is about 2,000 refusals a second. Each tells its client to come back in a second: so long it may wait.
  static constexpr int kPart = 50;
  static constexpr int kPartForLate = 10;
  static constexpr std::chrono::seconds kLate{1};
  // With nobody else there, perhaps for a moment only: were all told in it, all would be back at once.
  static constexpr int kPartWhenIdle = 16;
  static constexpr std::chrono::milliseconds kMostOwed{1};  // after a burst; else nobody would be told for long

  std::deque<Refusal> items_;
  std::chrono::nanoseconds time_{};
  Clock::time_point last_{};  // that TimeFor was asked, or that the first item came
};

}  // namespace valence::net
