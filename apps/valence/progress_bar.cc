// SPDX-License-Identifier: Apache-2.0
#include "progress_bar.h"

#include <fmt/format.h>

#include <algorithm>

#include "terminal.h"
#include "valence/base/numbers.h"

namespace valence::app {
namespace {

constexpr std::int64_t kDrawIntervalNanoseconds = 100'000'000;

std::int64_t NowNanoseconds() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string Amount(std::uint64_t n, std::string_view unit) {
  if (unit == "bytes") return HumanBytes(static_cast<double>(n));
  return WithThousands(static_cast<std::int64_t>(n));
}

}  // namespace

ProgressBar::ProgressBar(std::string_view stage, bool quiet)
    : stage_(stage), drawing_(!quiet && StderrIsTerminal()), quiet_(quiet) {}

ProgressBar::~ProgressBar() {
  if (quiet_ || stage_.empty()) return;
  PrintStderr(
      fmt::format("{}{:<12}{:>7.2f} s  {}\n", drawing_ ? "\r\x1b[K" : "", stage_, stopwatch_.seconds(), summary_));
}

void ProgressBar::Start(std::string_view activity, std::uint64_t total, std::string_view unit) {
  const std::lock_guard lock(mutex_);
  activity_ = activity;
  unit_ = unit;
  total_ = total;
  done_ = 0;
  next_draw_ = 0;
  if (drawing_) Draw();
}

void ProgressBar::Advance(std::uint64_t amount) {
  done_.fetch_add(amount, std::memory_order_relaxed);
  if (!drawing_ || NowNanoseconds() < next_draw_.load(std::memory_order_relaxed)) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock) Draw();
}

void ProgressBar::Done() {
  const std::lock_guard lock(mutex_);
  if (drawing_) PrintStderr("\r\x1b[K");
}

void ProgressBar::Draw() {
  next_draw_ = NowNanoseconds() + kDrawIntervalNanoseconds;
  std::string line = fmt::format("{:<12}{}", stage_, activity_ == stage_ ? "" : activity_);
  const std::uint64_t total = total_, done = done_;
  if (total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    constexpr std::size_t kCells = 24;
    const auto filled = static_cast<std::size_t>(share * kCells);
    std::string bar;
    for (std::size_t i = 0; i < kCells; ++i) bar += i < filled ? "█" : "░";
    line += fmt::format(" {} {:3.0f}%  {} / {} {}", bar, share * 100, Amount(done, unit_), Amount(total, unit_),
                        unit_ == "bytes" ? "" : unit_);
  } else if (done > 0) {
    line += fmt::format("  {} {}", Amount(done, unit_), unit_ == "bytes" ? "" : unit_);
  }
  PrintStderr(fmt::format("\r\x1b[K{}", line));
}

}  // namespace valence::app
