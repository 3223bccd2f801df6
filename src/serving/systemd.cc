// SPDX-License-Identifier: Apache-2.0
#include "systemd.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "valence/base/numbers.h"

namespace valence::serving::systemd {
namespace {

constexpr int kFirstSocket = 3;  // SD_LISTEN_FDS_START

bool IsThisProcess(const std::string& pid) { return pid == std::to_string(::getpid()); }

}  // namespace

Result<std::vector<int>> ListenSockets(const Environment& environment) {
  std::vector<int> sockets;
  if (!IsThisProcess(environment("LISTEN_PID"))) return sockets;
  const auto count = ParseInt(environment("LISTEN_FDS"));
  if (!count || *count <= 0) return sockets;
  if (*count > 1) return InvalidArgument("systemd has opened several sockets (LISTEN_FDS); expected one");
  ::fcntl(kFirstSocket, F_SETFD, FD_CLOEXEC);
  sockets.push_back(kFirstSocket);
  return sockets;
}

Notifier::Notifier(const Environment& environment) : socket_(environment("NOTIFY_SOCKET")) {
  const std::string pid = environment("WATCHDOG_PID");
  const auto microseconds = ParseInt(environment("WATCHDOG_USEC"));
  if (microseconds && *microseconds > 0 && (pid.empty() || IsThisProcess(pid))) {
    watchdog_ = std::chrono::microseconds(*microseconds);
  }
}

void Notifier::Send(std::string_view message) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  socket_.copy(address.sun_path, socket_.size());
  if (socket_.starts_with('@')) address.sun_path[0] = '\0';  // of Linux's abstract name space
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // Nobody listening is nobody's fault: systemd notices a service that is silent by itself.
  [[maybe_unused]] const ssize_t sent =
      ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(fd);
}

}  // namespace valence::serving::systemd
