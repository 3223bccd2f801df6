// SPDX-License-Identifier: Apache-2.0
#include "recent_predictions.h"

#include "valence/base/digest.h"

namespace valence::serving {
namespace {

constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kOverhead = 256;  // of an entry: nodes, strings, its id twice

std::size_t SizeOf(const Answered& answered) {
  return answered.text.size() + answered.label.size() + answered.model.size() + kOverhead;
}

}  // namespace

std::string PredictionId(std::string_view model_version, std::string_view text) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(model_version);
  digest.Update({"\0", 1});
  digest.Update(text);
  return ToHex(std::string_view(digest.Finish()).substr(0, kIdDigits / 2));
}

void RecentPredictions::Remember(const std::string& id, Answered answered) {
  const std::size_t size = SizeOf(answered);
  if (size > max_shard_bytes_) return;
  Shard& shard = shards_[ShardOf(id)];
  const std::scoped_lock lock(shard.mutex);
  const auto [entry, is_new] = shard.by_id.try_emplace(id, std::move(answered));
  if (!is_new) return;
  shard.oldest_first.push_back(&entry->first);
  shard.bytes += size;
  while (shard.bytes > max_shard_bytes_) {
    const auto oldest = shard.by_id.find(*shard.oldest_first.front());
    shard.bytes -= SizeOf(oldest->second);
    shard.oldest_first.pop_front();
    shard.by_id.erase(oldest);
  }
}

std::optional<Answered> RecentPredictions::Find(const std::string& id) const {
  const Shard& shard = shards_[ShardOf(id)];
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return std::nullopt;
  return found->second;
}

}  // namespace valence::serving
