// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/environment.h"
#include "valence/base/result.h"

/// systemd's protocols for services (sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)), without its library.
namespace valence::serving::systemd {

/// The listening sockets that systemd has opened for this process, by LISTEN_PID and LISTEN_FDS; empty without. They
/// are marked close-on-exec. Errors: kInvalidArgument for more than one: there is one port to serve.
Result<std::vector<int>> ListenSockets(const Environment& environment);

/// Tells systemd the state of this service.
class Notifier {
 public:
  /// By NOTIFY_SOCKET and WATCHDOG_USEC; without them it does nothing.
  explicit Notifier(const Environment& environment);

  void Ready() const { Send("READY=1\n"); }
  void Stopping() const { Send("STOPPING=1\n"); }
  void Alive() const { Send("WATCHDOG=1\n"); }
  /// Whether systemd wants to hear Alive, and then at least every half of this. Zero: no.
  std::chrono::microseconds watchdog() const { return watchdog_; }

 private:
  void Send(std::string_view message) const;

  std::string socket_;
  std::chrono::microseconds watchdog_{};
};

}  // namespace valence::serving::systemd
