// SPDX-License-Identifier: Apache-2.0
#include "radix_sort.h"

#include <algorithm>
#include <array>

namespace valence::features::internal {
namespace {

constexpr int kDigitBits = 8;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr std::size_t kTooFew = 48;  // below, clearing the counters costs more than comparing

std::size_t DigitOf(std::uint32_t value, int shift) { return (value >> shift) & (kDigits - 1); }

// One stable pass: `from` to `to`, ascending by the digit at `shift`.
void Distribute(int shift, const std::vector<std::uint32_t>& from, std::vector<std::uint32_t>* to) {
  std::array<std::uint32_t, kDigits> start{};
  for (const std::uint32_t value : from) ++start[DigitOf(value, shift)];
  std::uint32_t sum = 0;
  for (std::uint32_t& s : start) {
    const std::uint32_t count = s;
    s = sum;
    sum += count;
  }
  for (const std::uint32_t value : from) (*to)[start[DigitOf(value, shift)]++] = value;
}

}  // namespace

void RadixSort(std::uint64_t limit, std::vector<std::uint32_t>* values, std::vector<std::uint32_t>* buffer) {
  if (values->size() < kTooFew) return std::sort(values->begin(), values->end());
  buffer->resize(values->size());
  for (int shift = 0; shift < 32 && limit > std::uint64_t{1} << shift; shift += kDigitBits) {
    Distribute(shift, *values, buffer);
    values->swap(*buffer);
  }
}

}  // namespace valence::features::internal
