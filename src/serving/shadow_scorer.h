// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "valence/classifier/classifier.h"
#include "valence/serving/served_model.h"
#include "valence/telemetry/registry.h"

namespace valence::serving {

/// Scores what a champion answered by a challenger too, later and on a thread of its own, and counts where they differ.
/// Nothing of it reaches a caller. Texts that come faster than they can be scored are dropped and counted.
class ShadowScorer {
 public:
  using Model = std::shared_ptr<const classifier::Classifier>;

  /// Requires equal labels. `threads`: Offer is called with thread numbers in [0, threads).
  ShadowScorer(std::string champion_version, Model challenger, int threads);
  ShadowScorer(const ShadowScorer&) = delete;
  ShadowScorer& operator=(const ShadowScorer&) = delete;
  ~ShadowScorer();

  /// Takes a copy of a text that the champion gave label number `label`, unless the thread's queue is full. At most one
  /// call per `thread` at a time. Never waits.
  void Offer(int thread, std::string_view text, std::int32_t label);

  struct Totals {
    std::uint64_t texts = 0;  ///< scored
    std::uint64_t disagreements = 0;
    std::uint64_t dropped = 0;
  };
  Totals totals() const;
  const std::string& champion_version() const { return champion_version_; }
  const Model& challenger() const { return challenger_; }
  const telemetry::Registry& registry() const { return registry_; }

 private:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kMaxQueuedBytes = 4u << 20;

  struct Item {
    std::string text;
    std::int32_t label = 0;
  };
  /// From one server thread to the scorer: one writer, one reader. Each end on a cache line of its own.
  struct Queue {
    std::array<Item, kSlots> items;
    alignas(64) std::atomic<std::size_t> pushed{0};
    alignas(64) std::atomic<std::size_t> popped{0};
    std::atomic<std::size_t> bytes{0};
  };

  void Run();
  bool Pop(Queue* queue, Item* item);
  void Score(const Item& item, classifier::Classifier::Scratch* scratch, classifier::Prediction* prediction);

  const std::string champion_version_;
  const Model challenger_;
  const int shard_;  // of the scorer's thread; the server's are below
  telemetry::Registry registry_;
  telemetry::Counters* texts_;
  telemetry::Counters* disagreements_;
  telemetry::Counters* dropped_;
  std::vector<std::unique_ptr<Queue>> queues_;  // by server thread
  std::atomic<std::uint32_t> bell_{0};          // rung after a push, and to stop
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace valence::serving
