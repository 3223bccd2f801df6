// SPDX-License-Identifier: Apache-2.0
#include "ngram_counter.h"

#include <algorithm>
#include <array>
#include <bit>

#include "hash.h"
#include "huge_pages.h"
#include "valence/linalg/parallel.h"

namespace valence::features::internal {
namespace {

// Document frequencies of the keys of one shard. A key's hash decides its shard, so shards share nothing.
class ShardCounter {
 public:
  explicit ShardCounter(std::size_t expected_keys)
      : slots_(std::bit_ceil(std::max<std::size_t>(expected_keys, 1024))), mask_(slots_.size() - 1) {}

  // Requires documents to come one after the other. Adds are collected, so that the memory of a batch is fetched
  // before it is needed: nearly every slot is a cache miss.
  void Add(Key key, std::uint64_t hash, std::uint32_t document) {
    __builtin_prefetch(&slots_[hash & mask_], 1);
    pending_[pending_size_++] = {key, hash, document};
    if (pending_size_ == pending_.size()) Flush();
  }

  // Replaces the contents by the keys in at least `min_documents`, ascending.
  std::vector<CountedNgram> Take(double min_documents) {
    Flush();
    std::vector<CountedNgram> kept;
    for (const Slot& slot : slots_) {
      if (slot.documents > 0 && slot.documents >= min_documents) kept.push_back({slot.key, slot.documents});
    }
    slots_ = {};
    std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return kept;
  }

 private:
  struct Slot {
    Key key = 0;
    std::uint32_t documents = 0;  // 0: the slot is free
    std::uint32_t last_document = 0;
  };
  struct Pending {
    Key key;
    std::uint64_t hash;
    std::uint32_t document;
  };

  void Flush() {
    for (std::size_t i = 0; i < pending_size_; ++i) Count(pending_[i]);
    pending_size_ = 0;
  }

  void Count(const Pending& p) {
    std::size_t i = p.hash & mask_;
    while (slots_[i].documents > 0 && slots_[i].key != p.key) i = (i + 1) & mask_;
    Slot& slot = slots_[i];
    if (slot.documents == 0) {
      slot = {p.key, 1, p.document};
      if (++size_ * 4 > slots_.size() * 3) Grow();
    } else if (slot.last_document != p.document) {
      ++slot.documents;
      slot.last_document = p.document;
    }
  }

  void Grow() {
    HugePageVector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.documents == 0) continue;
      std::size_t i = HashKey(slot.key) & mask_;
      while (slots_[i].documents > 0) i = (i + 1) & mask_;
      slots_[i] = slot;
    }
  }

  HugePageVector<Slot> slots_;
  std::size_t mask_;
  std::size_t size_ = 0;
  std::array<Pending, 32> pending_{};
  std::size_t pending_size_ = 0;
};

// Every shard reads the whole corpus and counts its own keys: hashing a key is far cheaper than counting it.
std::vector<CountedNgram> CountShard(const Corpus& corpus, std::span<const Id> prefixes, std::size_t prefix_length,
                                     double min_documents, std::size_t shard, std::size_t shards) {
  // Natural text repeats: about a quarter of its longer n-grams are distinct.
  ShardCounter counter(corpus.ids.size() / 4 / shards);
  for (std::size_t d = 0; d < corpus.documents(); ++d) {
    for (std::size_t i = corpus.offsets[d]; i + 1 < corpus.offsets[d + 1]; ++i) {
      if (prefixes[i] == kNoId || prefixes[i + 1] == kNoId) continue;
      const Key key = MakeKey(prefixes[i], corpus.ids[i + prefix_length]);
      const std::uint64_t hash = HashKey(key);
      if ((hash >> 32) * shards >> 32 != shard) continue;
      counter.Add(key, hash, static_cast<std::uint32_t>(d));
    }
  }
  return counter.Take(min_documents);
}

std::vector<CountedNgram> Merge(const std::vector<std::vector<CountedNgram>>& sorted_shards) {
  std::vector<CountedNgram> merged;
  for (const auto& shard : sorted_shards) {
    const auto middle = static_cast<std::ptrdiff_t>(merged.size());
    merged.insert(merged.end(), shard.begin(), shard.end());
    std::inplace_merge(merged.begin(), merged.begin() + middle, merged.end(),
                       [](const auto& a, const auto& b) { return a.key < b.key; });
  }
  return merged;
}

}  // namespace

std::vector<CountedNgram> CountNgrams(const Corpus& corpus, std::span<const Id> prefixes, std::size_t prefix_length,
                                      double min_documents) {
  const auto shards = static_cast<std::size_t>(linalg::Threads());
  std::vector<std::vector<CountedNgram>> counted(shards);
  linalg::ParallelFor(shards, shards, [&](std::size_t shard, std::size_t, std::size_t) {
    counted[shard] = CountShard(corpus, prefixes, prefix_length, min_documents, shard, shards);
  });
  return Merge(counted);
}

}  // namespace valence::features::internal
