// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace valence::linalg {

/// NumPy's legacy generator: RandomState(seed) is MT19937 seeded by init_genrand(seed) for ints below 2^32. Gives the
/// same numbers as NumPy (2.4.6 tested), so that shuffles and splits can be repeated in Python. Not thread-safe.
class RandomState {
 public:
  explicit RandomState(std::uint32_t seed);

  std::uint32_t NextUint32();
  /// Uniform in [0, 1) with 53 bits: random_sample().
  double NextDouble();
  /// Uniform integer in [0, max] by masked rejection: NumPy's legacy random_interval(max).
  std::uint64_t Interval(std::uint64_t max);
  /// permutation(n): shuffles 0..n-1 as numpy.random.RandomState.permutation.
  std::vector<std::int64_t> Permutation(std::int64_t n);

 private:
  void Refill();
  std::vector<std::uint32_t> state_;
  std::size_t position_ = 0;
};

}  // namespace valence::linalg
