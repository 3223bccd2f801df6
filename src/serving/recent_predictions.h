// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace valence::serving {

/// What was answered for a text.
struct Answered {
  std::string text;
  std::string label;
  double probability = 0;  ///< of `label`
  std::string model;
  std::string model_version;
};

/// Names the prediction of `text` by the model version `model_version`: 32 hex digits, the same wherever and whenever
/// it is made. Not a secret.
std::string PredictionId(std::string_view model_version, std::string_view text);

/// The texts answered last, so that feedback may name a prediction instead of repeating its text. In memory only: the
/// oldest go when there is no room, and all of them with the process. Thread-safe.
class RecentPredictions {
 public:
  /// `max_bytes`: of texts and what is held around them.
  explicit RecentPredictions(std::size_t max_bytes) : max_shard_bytes_(max_bytes / kShards) {}

  void Remember(const std::string& id, Answered answered);
  std::optional<Answered> Find(const std::string& id) const;

 private:
  static constexpr std::size_t kShards = 16;  // so that server threads seldom meet at a lock

  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Answered> by_id;
    std::deque<const std::string*> oldest_first;  // keys of by_id
    std::size_t bytes = 0;
  };
  static std::size_t ShardOf(std::string_view id) { return std::hash<std::string_view>()(id) % kShards; }

  std::size_t max_shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace valence::serving
