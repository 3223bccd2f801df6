// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <span>

#include "valence/base/file_descriptor.h"
#include "valence/base/result.h"

namespace valence::net {

/// epoll(7) of sockets that are added once and stay until they are closed. One thread only.
class EpollSet {
 public:
  using Batch = std::array<epoll_event, 64>;

  /// Errors: kUnavailable.
  static Result<EpollSet> Open();

  /// Readable when Poll has something to give.
  int fd() const { return fd_.get(); }
  /// False if the kernel has no memory for it.
  bool Add(int socket);
  /// What the kernel has to report now, by epoll_event::data.fd; as much as there is room for. Does not wait.
  std::span<const epoll_event> Poll(Batch* room) const;

 private:
  explicit EpollSet(int fd) : fd_(fd) {}

  FileDescriptor fd_;
};

}  // namespace valence::net
