// SPDX-License-Identifier: Apache-2.0
#include "epoll_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "readiness.h"

namespace valence::net {

Result<EpollSet> EpollSet::Open() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return Unavailable(fmt::format("epoll: {}", std::generic_category().message(errno)));
  return EpollSet(fd);
}

bool EpollSet::Add(int socket) {
  epoll_event event{};
  event.events = Readiness::kEvents;
  event.data.fd = socket;
  return ::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, socket, &event) == 0;
}

std::span<const epoll_event> EpollSet::Poll(Batch* room) const {
  const int count = ::epoll_wait(fd_.get(), room->data(), static_cast<int>(room->size()), 0);
  return {room->data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace valence::net
