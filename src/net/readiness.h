// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <cstdint>

namespace valence::net {

enum class Direction : std::uint8_t { kRead, kWrite };

/// What a non-blocking stream socket can do at once, as far as is known. The kernel reports a change only once
/// (EPOLLET), so it is kept here until a call has found the socket empty, or full. What is known may be too much: then
/// the next call gets EAGAIN. It is never too little, if all of the kernel's reports are noted.
class Readiness {
 public:
  /// Of epoll_event.
  static constexpr std::uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;

  bool Has(Direction direction) const { return direction == Direction::kRead ? readable_ : writable_; }
  /// The kernel reported these events.
  void Note(std::uint32_t events) {
    // Behind the last bytes, or behind urgent ones, where recv stops, there is something that nobody reports again.
    constexpr std::uint32_t kBehindBytes = EPOLLRDHUP | EPOLLPRI | EPOLLHUP | EPOLLERR;
    more_behind_ = more_behind_ || (events & kBehindBytes) != 0;
    readable_ = readable_ || (events & (EPOLLIN | kBehindBytes)) != 0;
    writable_ = writable_ || (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  }
  /// A call got EAGAIN.
  void Blocked(Direction direction) { (direction == Direction::kRead ? readable_ : writable_) = false; }
  /// A call read less than it had room for: all that was there (epoll(7)). This saves the call that gets EAGAIN.
  void ReadShort() { readable_ = more_behind_; }

 private:
  bool readable_ = false;
  bool writable_ = true;
  bool more_behind_ = false;
};

}  // namespace valence::net
