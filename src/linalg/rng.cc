// SPDX-License-Identifier: Apache-2.0
// MT19937 (Matsumoto & Nishimura 1998) and the draws that numpy/random/mtrand.pyx makes from it.
#include "valence/linalg/rng.h"

#include <numeric>
#include <utility>

namespace valence::linalg {
namespace {

constexpr std::size_t kStateWords = 624;
constexpr std::size_t kShift = 397;
constexpr std::uint32_t kTwist = 0x9908b0df;
constexpr std::uint32_t kUpperBit = 0x80000000;

std::uint32_t Twist(std::uint32_t upper, std::uint32_t lower) {
  const std::uint32_t y = (upper & kUpperBit) | (lower & ~kUpperBit);
  return (y >> 1) ^ ((y & 1) != 0 ? kTwist : 0);
}

// The smallest 2^k - 1 that is at least max.
std::uint64_t MaskFor(std::uint64_t max) {
  std::uint64_t mask = max;
  for (const int shift : {1, 2, 4, 8, 16, 32}) mask |= mask >> shift;
  return mask;
}

}  // namespace

RandomState::RandomState(std::uint32_t seed) : state_(kStateWords), position_(kStateWords) {
  state_[0] = seed;
  for (std::size_t i = 1; i < kStateWords; ++i) {
    const std::uint32_t previous = state_[i - 1];
    state_[i] = 1812433253U * (previous ^ (previous >> 30)) + static_cast<std::uint32_t>(i);
  }
}

void RandomState::Refill() {
  for (std::size_t i = 0; i < kStateWords; ++i) {
    state_[i] = state_[(i + kShift) % kStateWords] ^ Twist(state_[i], state_[(i + 1) % kStateWords]);
  }
  position_ = 0;
}

std::uint32_t RandomState::NextUint32() {
  if (position_ == kStateWords) Refill();
  std::uint32_t y = state_[position_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680U;
  y ^= (y << 15) & 0xefc60000U;
  return y ^ (y >> 18);
}

double RandomState::NextDouble() {
  const std::uint32_t high = NextUint32() >> 5;
  const std::uint32_t low = NextUint32() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

std::uint64_t RandomState::Interval(std::uint64_t max) {
  const std::uint64_t mask = MaskFor(max);
  while (max != 0) {
    std::uint64_t value = NextUint32();
    if (max > 0xffffffffU) value = (value << 32) | NextUint32();
    if ((value & mask) <= max) return value & mask;
  }
  return 0;
}

std::vector<std::int64_t> RandomState::Permutation(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[Interval(i)]);
  return order;
}

}  // namespace valence::linalg
