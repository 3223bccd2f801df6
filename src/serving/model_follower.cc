// SPDX-License-Identifier: Apache-2.0
#include "model_follower.h"

#include <utility>

namespace valence::serving {

ModelFollower::ModelFollower(ModelLifecycle* lifecycle, std::chrono::milliseconds interval)
    : lifecycle_(lifecycle), interval_(interval), thread_([this] { Run(); }) {}

ModelFollower::~ModelFollower() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ModelFollower::RequestReload() {
  {
    const std::scoped_lock lock(mutex_);
    reload_ = true;
  }
  wake_.notify_one();
}

void ModelFollower::Run() {
  const auto called = [this] { return reload_ || stopping_; };
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (interval_.count() > 0) {
      wake_.wait_for(lock, interval_, called);
    } else {
      wake_.wait(lock, called);
    }
    if (stopping_) return;
    const bool reload = std::exchange(reload_, false);
    lock.unlock();
    if (reload) {
      lifecycle_->Reload();
    } else {
      lifecycle_->Poll(ModelLifecycle::Clock::now(), interval_);
    }
    lock.lock();
  }
}

}  // namespace valence::serving
