// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "valence/base/clock.h"
#include "valence/base/progress.h"

namespace valence::app {

/// Draws progress on stderr: a bar on a terminal, redrawn at most ten times a second; elsewhere nothing until Done of a
/// stage, then one line with its time. Thread-safe.
class ProgressBar final : public Progress {
 public:
  /// `stage` stands in front of each line. `quiet` draws nothing.
  ProgressBar(std::string_view stage, bool quiet);
  /// Ends the stage's line with its time.
  ~ProgressBar() override;

  void Start(std::string_view activity, std::uint64_t total, std::string_view unit) override;
  void Advance(std::uint64_t amount) override;
  void Done() override;

  /// Shown behind the stage's time when it ends, such as "2,983 documents".
  void Summarise(std::string summary) { summary_ = std::move(summary); }
  double seconds() const { return stopwatch_.seconds(); }

 private:
  void Draw();

  const std::string stage_;
  const bool drawing_;
  const bool quiet_;
  std::string summary_;
  Stopwatch stopwatch_;
  std::mutex mutex_;
  std::string activity_, unit_;
  std::atomic<std::uint64_t> total_{0}, done_{0};
  std::atomic<std::int64_t> next_draw_{0};
};

}  // namespace valence::app
