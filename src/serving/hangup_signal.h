// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace valence::serving {

/// While it exists, SIGHUP calls `on_hangup` on a thread of its own instead of ending the process. One at a time.
class HangupSignal {
 public:
  explicit HangupSignal(std::function<void()> on_hangup);
  HangupSignal(const HangupSignal&) = delete;
  HangupSignal& operator=(const HangupSignal&) = delete;
  /// From then on SIGHUP is ignored: a server that is stopping has nothing to reload.
  ~HangupSignal();

 private:
  void Run();

  const std::function<void()> on_hangup_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace valence::serving
