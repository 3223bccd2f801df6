// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <ctime>

namespace valence::net {

inline std::chrono::nanoseconds ToDuration(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Time since the stamp that the kernel left in `message` (SO_TIMESTAMPNS). 0 if it left none, or the clock was set
/// between the arrival and now.
inline std::chrono::nanoseconds AgeOf(msghdr& message) {
  constexpr std::chrono::nanoseconds kNone{0};
  constexpr std::chrono::nanoseconds kImplausible = std::chrono::minutes(1);
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{}, now{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::chrono::nanoseconds age = ToDuration(now) - ToDuration(stamp);
    return age > kNone && age < kImplausible ? age : kNone;
  }
  return kNone;
}

}  // namespace valence::net
