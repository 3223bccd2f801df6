// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/pending_writes.h"

#include <utility>

namespace valence::pipeline {

PendingWrites::~PendingWrites() { static_cast<void>(Wait().has_value()); }

void PendingWrites::Add(std::function<Status()> write) {
  writes_.push_back(std::async(std::launch::async, std::move(write)));
}

Status PendingWrites::Wait() const {
  for (std::future<Status>& write : std::exchange(writes_, {})) {
    Status status = write.get();
    if (first_error_ && !status) first_error_ = std::move(status);
  }
  return first_error_;
}

}  // namespace valence::pipeline
