// SPDX-License-Identifier: Apache-2.0
#include "valence/linalg/parallel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace valence::linalg {
namespace {

using Body = std::function<void(std::size_t, std::size_t, std::size_t)>;

constexpr std::size_t kSumChunks = 64;

// True in a thread that is running a body: ParallelFor inside it stays in that thread.
thread_local bool inside_body = false;

struct Job {
  const Body& body;
  std::size_t n;
  std::size_t chunks;
  std::atomic<std::size_t> next{0};

  void RunChunk(std::size_t chunk) const { body(chunk, Boundary(chunk), Boundary(chunk + 1)); }

  void Run() {
    inside_body = true;
    for (std::size_t chunk = next++; chunk < chunks; chunk = next++) RunChunk(chunk);
    inside_body = false;
  }

 private:
  // The first n % chunks pieces are one longer.
  std::size_t Boundary(std::size_t chunk) const { return n / chunks * chunk + std::min(chunk, n % chunks); }
};

// Threads that wait for one job at a time. The caller works too and then waits only for those that joined in, so a
// worker that wakes late costs nothing.
class Pool {
 public:
  // Never destroyed: its threads are detached and may still wait when the process ends.
  static Pool& Get() {
    static Pool* const pool = new Pool;
    return *pool;
  }

  // False if another thread is using the pool.
  bool TryRun(Job* job, std::size_t helpers) {
    const std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (!turn.owns_lock()) return false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (; workers_ < helpers; ++workers_) std::thread(&Pool::Work, this).detach();
      job_ = job;
      seats_ = helpers;
    }
    start_.notify_all();
    job->Run();
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;
    finished_.wait(lock, [&] { return active_ == 0; });
    return true;
  }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      start_.wait(lock, [&] { return job_ != nullptr && seats_ > 0; });
      Job* const job = job_;
      --seats_;
      ++active_;
      lock.unlock();
      job->Run();
      lock.lock();
      if (--active_ == 0) finished_.notify_one();
    }
  }

  std::mutex turn_;  // held by the caller whose job it is
  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable finished_;
  Job* job_ = nullptr;
  std::size_t seats_ = 0;    // workers that may still join job_
  std::size_t active_ = 0;   // workers inside job_
  std::size_t workers_ = 0;  // threads started so far
};

int Cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

std::atomic<int>& ThreadSetting() {
  static std::atomic<int> threads{Cores()};
  return threads;
}

}  // namespace

void SetThreads(int threads) { ThreadSetting() = threads > 0 ? threads : Cores(); }

int Threads() { return ThreadSetting(); }

void ParallelFor(std::size_t n, std::size_t chunks, const Body& body) {
  if (n == 0 || chunks == 0) return;
  Job job{.body = body, .n = n, .chunks = std::min(n, chunks)};
  const std::size_t helpers = std::min(static_cast<std::size_t>(Threads()), job.chunks) - 1;
  if (!inside_body && helpers > 0 && Pool::Get().TryRun(&job, helpers)) return;
  for (std::size_t chunk = 0; chunk < job.chunks; ++chunk) job.RunChunk(chunk);
}

double ParallelSum(std::size_t n, const std::function<double(std::size_t begin, std::size_t end)>& sum_range) {
  std::array<double, kSumChunks> sums{};
  ParallelFor(n, kSumChunks,
              [&](std::size_t chunk, std::size_t begin, std::size_t end) { sums[chunk] = sum_range(begin, end); });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace valence::linalg
