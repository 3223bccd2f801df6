// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace valence::linalg {

/// Threads that ParallelFor uses: `--threads`; 0 (the default) means every core. Not while parallel work is under way.
void SetThreads(int threads);
int Threads();

/// Calls body(chunk, begin, end) for `chunks` consecutive, nearly equal pieces of [0, n), on all threads, and waits.
/// The pieces depend on n and chunks only, never on the thread count, so that per-chunk results combined in chunk order
/// are the same bytes on every machine. If n < chunks there are n pieces of one. Bodies must not throw; calls inside a
/// body, and calls while another thread is using the pool, run serially in the calling thread. Thread-safe. Starting
/// and ending costs a few microseconds.
void ParallelFor(std::size_t n, std::size_t chunks,
                 const std::function<void(std::size_t chunk, std::size_t begin, std::size_t end)>& body);

/// Sum over [0, n) of term(i) as a fixed tree: 64 chunks, each summed in order, chunk sums added in order.
double ParallelSum(std::size_t n, const std::function<double(std::size_t begin, std::size_t end)>& sum_range);

}  // namespace valence::linalg
