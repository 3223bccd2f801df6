// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "valence/telemetry/registry.h"

namespace valence::telemetry {

ShardedCells::ShardedCells(int shards, std::size_t cells)
    : shards_(shards),
      lines_per_shard_((cells + 7) / 8),
      lines_(std::make_unique<Line[]>(static_cast<std::size_t>(shards) * lines_per_shard_)) {}

void ShardedCells::AddDouble(int shard, std::size_t index, double amount) {
  auto& cell = at(shard, index);
  const double before = std::bit_cast<double>(cell.load(std::memory_order_relaxed));
  cell.store(std::bit_cast<std::uint64_t>(before + amount), std::memory_order_relaxed);
}

std::uint64_t ShardedCells::Sum(std::size_t index) const {
  std::uint64_t sum = 0;
  for (int shard = 0; shard < shards_; ++shard) sum += at(shard, index).load(std::memory_order_relaxed);
  return sum;
}

double ShardedCells::SumDouble(std::size_t index) const {
  double sum = 0;
  for (int shard = 0; shard < shards_; ++shard) {
    sum += std::bit_cast<double>(at(shard, index).load(std::memory_order_relaxed));
  }
  return sum;
}

Histograms::Histograms(int shards, std::size_t series, std::vector<double> bounds)
    : bounds_(std::move(bounds)), cells_(shards, series * Stride()) {}

void Histograms::Observe(int shard, std::size_t series, double value) {
  const std::size_t base = series * Stride();
  std::size_t bucket = 0;  // a walk beats a binary search on the twenty bounds there are
  while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
  cells_.Add(shard, base + bucket, 1);
  cells_.AddDouble(shard, base + bounds_.size() + 1, value);
}

std::uint64_t Histograms::Count(std::size_t series) const {
  std::uint64_t count = 0;
  for (std::size_t bucket = 0; bucket <= bounds_.size(); ++bucket) count += cells_.Sum(series * Stride() + bucket);
  return count;
}

}  // namespace valence::telemetry
