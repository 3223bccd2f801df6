// SPDX-License-Identifier: Apache-2.0
#include "parallel_tasks.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace valence::net::internal {

Status RunTasks(std::size_t count, int threads, const std::function<Status(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::size_t failed_number = count;
  std::optional<Error> error;
  const auto work = [&] {
    for (std::size_t number = next++; number < count && !failed; number = next++) {
      Status done = task(number);
      if (done.has_value()) continue;
      failed = true;
      const std::lock_guard lock(mutex);
      if (number < failed_number) {
        failed_number = number;
        error = std::move(done).error();
      }
    }
  };
  std::vector<std::thread> others;
  const auto helpers = std::min<std::size_t>(count, static_cast<std::size_t>(std::max(threads, 1)));
  for (std::size_t i = 1; i < helpers; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  if (error.has_value()) return *std::move(error);
  return Ok();
}

}  // namespace valence::net::internal
