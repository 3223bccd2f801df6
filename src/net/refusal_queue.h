// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <utility>

namespace valence::net {

/// The refusals of a thread that has more to do than it can, until they are sent. To refuse costs a tenth of the work
/// for a hundred reviews, and a client that is refused may ask again at once: were everybody told at once, then under
/// many times the load that a thread can bear it would do little else. So while others wait for answers, refusals get a
/// small part of its time, the oldest first, and their clients ask no more until then. One thread only.
template <class Item>
class RefusalQueue {
 public:
  using Clock = std::chrono::steady_clock;

  bool empty() const { return items_.empty(); }
  void Push(Item item, Clock::time_point now) { items_.push_back({std::move(item), now}); }
  /// What sending refusals may take, after `answered` was spent on answers and while more are waited for. Not to be
  /// called on an empty queue.
  std::chrono::nanoseconds TimeFor(std::chrono::nanoseconds answered, Clock::time_point now) const {
    const bool is_late = now - items_.front().since > kLate;
    return answered / (is_late ? kPartForLate : kPart);
  }
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

  // One in 64 is 2,500 refusals a second. Each has told its client to come back in a second: so long it may wait.
  static constexpr int kPart = 64;
  static constexpr int kPartForLate = 8;
  static constexpr std::chrono::seconds kLate{1};

  std::deque<Refusal> items_;
};

}  // namespace valence::net
