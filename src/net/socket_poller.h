// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "epoll_set.h"
#include "readiness.h"

namespace valence::net {

/// Owns the items (connections) that wait for their sockets, and hands each out again when its wait is over. A socket
/// is shown to the kernel once, not before each wait. While its item is elsewhere, what the kernel reports of it is
/// only noted, and the next wait takes it into account.
///
/// First all that the kernel has to report is noted, and only then are items handed out, one by one, the longest due
/// first: so whatever becomes of one (its socket may be closed, and its number used again) does not touch what was
/// reported of the others, and an exception that ends one leaves the others due. A report of a socket that was closed
/// meanwhile can at worst wake its successor for nothing.
///
/// One thread only. Waiting allocates nothing.
template <class Item>
class SocketPoller {
 public:
  explicit SocketPoller(EpollSet epoll) : epoll_(std::move(epoll)) {}
  SocketPoller(const SocketPoller&) = delete;
  SocketPoller& operator=(const SocketPoller&) = delete;
  /// Drops what still waits.
  ~SocketPoller() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Item dropped = std::move(slots_[i].item);  // its destructor may call Remove
    }
  }

  /// Readable when the kernel has something to report.
  int fd() const { return epoll_.fd(); }
  /// Takes in a socket. Both must stay until Remove. False if the kernel has no memory for it.
  bool Add(int socket, Readiness* readiness) {
    const auto index = static_cast<std::size_t>(socket);
    if (index >= slots_.size()) slots_.resize(std::max(index + 1, slots_.size() * 2));
    if (!epoll_.Add(socket)) return false;
    slots_[index].readiness = readiness;
    return true;
  }
  /// To be called before the socket is closed, and while nothing waits for it. Of one that is not here: does nothing.
  void Remove(int socket) {
    const auto index = static_cast<std::size_t>(socket);
    if (index < slots_.size()) slots_[index].readiness = nullptr;
  }
  /// Takes `item` until the socket can be read (or written), which it may be already.
  void Await(int socket, Direction direction, Item item) {
    Slot& slot = At(socket);
    slot.item = std::move(item);
    slot.direction = direction;
    slot.waits = true;
    slot.woken = false;
    if (slot.Due()) Append(socket);
  }
  /// Ends the wait of the socket's item whatever the socket does. Nothing happens if none waits.
  void Wake(int socket) {
    Slot& slot = At(socket);
    slot.woken = true;
    if (slot.Due()) Append(socket);
  }
  /// Whether Poll has something to hand out before the kernel reports anything.
  bool HasDue() const { return first_ != kNone; }
  /// Notes what the kernel has to report now and calls `resume(item)` for what is due, but not for too many at once.
  /// What becomes due through these calls is left for the next one. Returns whether the kernel had no more to report,
  /// and nothing else that is due was left behind.
  template <class Resume>
  bool Poll(Resume resume) {
    EpollSet::Batch room;
    const auto events = epoll_.Poll(&room);
    for (const epoll_event& event : events) {
      Slot& slot = At(event.data.fd);
      if (slot.readiness == nullptr) continue;
      slot.readiness->Note(event.events);
      if (slot.Due()) Append(event.data.fd);
    }
    const bool all = events.size() < room.size() && due_ <= room.size();
    for (std::size_t left = std::min(due_, room.size()); left > 0; --left) {
      Slot& slot = TakeFirst();
      if (!slot.Due()) continue;  // its socket was closed, and another may have its number
      slot.waits = false;
      resume(std::move(slot.item));  // may move the slots
    }
    return all;
  }

 private:
  static constexpr int kNone = -1;

  /// By the number of the socket.
  struct Slot {
    Item item{};
    Readiness* readiness = nullptr;
    int next = kNone;
    Direction direction = Direction::kRead;
    bool waits = false;
    bool woken = false;
    bool listed = false;

    bool Due() const { return waits && (woken || readiness->Has(direction)); }
  };

  Slot& At(int socket) { return slots_[static_cast<std::size_t>(socket)]; }
  void Append(int socket) {
    Slot& slot = At(socket);
    if (std::exchange(slot.listed, true)) return;
    slot.next = kNone;
    (first_ == kNone ? first_ : At(last_).next) = socket;
    last_ = socket;
    ++due_;
  }
  Slot& TakeFirst() {
    Slot& slot = At(first_);
    first_ = slot.next;
    slot.listed = false;
    --due_;
    return slot;
  }

  EpollSet epoll_;
  std::vector<Slot> slots_;
  // The list of those that are due, and of some that were.
  int first_ = kNone;
  int last_ = kNone;
  std::size_t due_ = 0;
};

}  // namespace valence::net
