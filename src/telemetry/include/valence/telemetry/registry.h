// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Metrics for the hot path. Who records names itself by a shard (its thread's number) that no other thread uses at the
/// same time; each shard has cells of its own, so recording takes no lock and no cache line is shared.
namespace valence::telemetry {

/// Label names and values of one series, in the order in which they are shown.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// Cells of 64 bits, [shard][index], each shard on cache lines of its own. One writer per shard, any reader.
class ShardedCells {
 public:
  ShardedCells(int shards, std::size_t cells);

  void Add(int shard, std::size_t index, std::uint64_t amount) {
    auto& cell = at(shard, index);
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  /// Adds to a cell that holds a double.
  void AddDouble(int shard, std::size_t index, double amount);
  std::uint64_t Sum(std::size_t index) const;
  double SumDouble(std::size_t index) const;

 private:
  struct alignas(64) Line {
    std::atomic<std::uint64_t> cells[8] = {};
  };
  std::atomic<std::uint64_t>& at(int shard, std::size_t index) {
    return lines_[static_cast<std::size_t>(shard) * lines_per_shard_ + index / 8].cells[index % 8];
  }
  const std::atomic<std::uint64_t>& at(int shard, std::size_t index) const {
    return lines_[static_cast<std::size_t>(shard) * lines_per_shard_ + index / 8].cells[index % 8];
  }

  int shards_;
  std::size_t lines_per_shard_;
  std::unique_ptr<Line[]> lines_;
};

/// Whether a series that never happened is shown as 0. It should be, unless the label combinations are too many.
enum class ZeroSeries { kShow, kHide };

/// One counter (or up-down gauge) for each of a fixed list of label sets.
class Counters {
 public:
  /// Counts `amount` more of series `series` (an index into the list of labels).
  void Add(int shard, std::size_t series = 0, std::uint64_t amount = 1) { cells_.Add(shard, series, amount); }
  /// For gauges: one less.
  void Subtract(int shard, std::size_t series = 0) { cells_.Add(shard, series, ~std::uint64_t{0}); }
  std::uint64_t Value(std::size_t series = 0) const { return cells_.Sum(series); }

 private:
  friend class Registry;
  Counters(int shards, std::size_t series) : cells_(shards, series) {}
  ShardedCells cells_;
};

/// One histogram for each of a fixed list of label sets, all with the same buckets.
class Histograms {
 public:
  /// Records `value` in the first bucket whose bound is not below it.
  void Observe(int shard, std::size_t series, double value);
  std::uint64_t Count(std::size_t series = 0) const;

 private:
  friend class Registry;
  Histograms(int shards, std::size_t series, std::vector<double> bounds);
  /// Cells of a series: one per bound, one above them all, the sum.
  std::size_t Stride() const { return bounds_.size() + 2; }

  std::vector<double> bounds_;
  ShardedCells cells_;
};

/// All metrics of a process or of a test. Add everything first; then recording (one thread per shard) and Expose (any
/// thread) may go on at the same time. Metrics live as long as the registry.
class Registry {
 public:
  explicit Registry(int shards);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry();

  Counters* AddCounters(std::string name, std::string help, std::vector<Labels> series = {{}},
                        ZeroSeries zero = ZeroSeries::kShow);
  /// A gauge that goes up and down by whole numbers.
  Counters* AddUpDown(std::string name, std::string help);
  /// `bounds` ascending, without infinity.
  Histograms* AddHistograms(std::string name, std::string help, std::vector<double> bounds,
                            std::vector<Labels> series = {{}}, ZeroSeries zero = ZeroSeries::kShow);
  /// A gauge whose value never changes, such as an `_info` metric.
  void AddConstant(std::string name, std::string help, double value, Labels labels = {});
  enum class Kind { kGauge, kCounter };
  /// A value read at each scrape, from any thread.
  void AddCallback(Kind kind, std::string name, std::string help, std::function<double()> read);

  int shards() const;
  /// Every metric, sorted by name, in Prometheus' text format 0.0.4.
  std::string Expose() const {
    const Registry* const self = this;
    return Expose({&self, 1});
  }
  /// The metrics of several registries as if they were one: families of the same name are joined, the first one's help
  /// stands. For metrics that come and go with what they are about, such as a served model.
  static std::string Expose(std::span<const Registry* const> registries);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The Content-Type of Expose.
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace valence::telemetry
