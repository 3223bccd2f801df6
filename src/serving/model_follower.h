// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "valence/serving/model_lifecycle.h"

namespace valence::serving {

/// A thread that keeps models as their sources are. Thread-safe. `lifecycle` must outlive it.
class ModelFollower {
 public:
  /// Polls every `interval`; with 0 only RequestReload makes it work.
  ModelFollower(ModelLifecycle* lifecycle, std::chrono::milliseconds interval);
  ModelFollower(const ModelFollower&) = delete;
  ModelFollower& operator=(const ModelFollower&) = delete;
  /// Waits for a load that is under way.
  ~ModelFollower();

  /// Loads all sources again, soon and on the follower's thread.
  void RequestReload();

 private:
  void Run();

  ModelLifecycle* const lifecycle_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool reload_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace valence::serving
