// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "valence/base/result.h"

namespace valence::serving {

/// Appends lines to a file from a thread of its own, so that a slow disk never holds up a request: each server thread
/// fills a lane (no contention but with the writer), and a lane that is full drops lines and counts them.
class LineSink {
 public:
  /// `path`: "-" for stdout. Errors: kUnavailable with path and cause.
  static Result<std::unique_ptr<LineSink>> Open(const std::string& path, int threads);
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;
  /// Writes what is left.
  ~LineSink();

  /// `line` ends in '\n'. At most one call per `thread` in [0, threads) at a time.
  void Append(int thread, std::string_view line);
  /// Opens the path anew before the next line, for whoever has moved the old file away (logrotate). Thread-safe.
  void Reopen();
  /// Lines lost so far: a lane was full, or the file took no more. Thread-safe.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct alignas(64) Lane {
    std::mutex mutex;
    std::string lines;
  };

  LineSink(std::string path, int fd, int threads);
  void Wake();
  void Run();
  void Drain();
  void Write(std::string_view lines);
  void OpenAnew();

  const std::string path_;
  int fd_;
  bool failing_ = false;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::string batch_;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::atomic<bool> pending_ = false;
  std::atomic<bool> reopen_ = false;
  std::atomic<bool> stopping_ = false;
  std::jthread writer_;
};

}  // namespace valence::serving
