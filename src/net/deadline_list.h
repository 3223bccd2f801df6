// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>

namespace valence::net {

/// Base of what can expire. Linked into at most one DeadlineList; unlinks itself when destroyed.
struct Expiring : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  std::chrono::steady_clock::time_point deadline;
};

/// Things that all expire the same time after being armed. As that time is one for the whole list, its order is that of
/// the deadlines: arming is O(1), and a sweep looks only at the front. This stands in for a timer per connection, which
/// would cost more than answering a request. One thread only.
class DeadlineList {
 public:
  explicit DeadlineList(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  /// (Re)arms `item`, taking it out of any list it is in.
  void Arm(Expiring& item, std::chrono::steady_clock::time_point now) {
    item.unlink();
    item.deadline = now + timeout_;
    items_.push_back(item);
  }

  /// Unlinks every expired item and calls `expired(item)`, which may destroy it.
  template <class Callback>
  void Sweep(std::chrono::steady_clock::time_point now, Callback expired) {
    while (!items_.empty() && items_.front().deadline <= now) Pop(expired);
  }

  /// Sweep as if everything that is in the list now had expired.
  template <class Callback>
  void SweepAll(Callback expired) {
    Items all;
    all.splice(all.end(), items_);
    while (!all.empty()) {
      Expiring& item = all.front();
      all.pop_front();
      expired(item);
    }
  }

 private:
  using Items = boost::intrusive::list<Expiring, boost::intrusive::constant_time_size<false>>;

  template <class Callback>
  void Pop(Callback expired) {
    Expiring& item = items_.front();
    items_.pop_front();
    expired(item);
  }

  std::chrono::milliseconds timeout_;
  Items items_;
};

}  // namespace valence::net
