// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "recent_predictions.h"
#include "valence/base/result.h"
#include "valence/tracking/feedback_store.h"

namespace valence::serving {

class Router;

/// Takes in feedback for all threads of a service: what was predicted lately, and the file that keeps what people say
/// of it.
class FeedbackDesk {
 public:
  FeedbackDesk(std::shared_ptr<tracking::FeedbackStore> store, std::size_t recall_bytes)
      : recent_(recall_bytes), store_(std::move(store)) {}

  RecentPredictions& recent() { return recent_; }
  /// Whether one more may wait for the disk; then it must end with Store.
  bool Reserve();
  /// Writes it to the disk, however long that takes. Thread-safe.
  Result<std::int64_t> Store(const tracking::Feedback& feedback);

 private:
  RecentPredictions recent_;
  std::atomic<int> waiting_ = 0;
  std::mutex mutex_;
  std::shared_ptr<tracking::FeedbackStore> store_;
};

/// POST /v1/feedback.
void AddFeedbackRoutes(Router* router);

}  // namespace valence::serving
