// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <future>
#include <vector>

#include "valence/base/result.h"

namespace valence::pipeline {

/// Files being written while later stages already compute. Whoever reads the files, or ends the process, calls Wait
/// first. Destroyed, it waits too (and drops the error), so a write never outlives the data it reads if this is the
/// last member of the object that holds them. Not thread-safe.
class PendingWrites {
 public:
  PendingWrites() = default;
  PendingWrites(const PendingWrites&) = delete;
  PendingWrites& operator=(const PendingWrites&) = delete;
  ~PendingWrites();

  /// Starts `write` at once on a thread of its own.
  void Add(std::function<Status()> write);
  /// Waits for all; the first error, in the order of Add. Later calls answer the same.
  Status Wait() const;

 private:
  mutable std::vector<std::future<Status>> writes_;
  mutable Status first_error_ = Ok();
};

}  // namespace valence::pipeline
