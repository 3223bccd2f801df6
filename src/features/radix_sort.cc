// SPDX-License-Identifier: Apache-2.0
#include "radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace valence::features::internal {
namespace {

constexpr int kMaxDigitBits = 11;
constexpr std::size_t kTooFew = 32;  // below, clearing the counters costs more than comparing

// How a number is cut into digits.
struct Digits {
  int passes = 0;
  int bits = 0;
};

// The cut with the least work: each pass touches every value and every counter.
Digits ChooseDigits(std::uint64_t limit, std::size_t size) {
  const int width = static_cast<int>(std::bit_width(limit - 1));
  Digits best;
  std::size_t best_work = ~std::size_t{0};
  for (int passes = std::max(1, (width + kMaxDigitBits - 1) / kMaxDigitBits); passes <= 4; ++passes) {
    const int bits = std::max(1, (width + passes - 1) / passes);
    const std::size_t work = static_cast<std::size_t>(passes) * (2 * size + (std::size_t{1} << bits));
    if (work < best_work) best = {passes, bits};
    best_work = std::min(work, best_work);
  }
  return best;
}

// One stable pass: `from` to `to`, ascending by the digit at `shift`.
void Distribute(int shift, int bits, const std::vector<std::uint32_t>& from, std::vector<std::uint32_t>* to) {
  const std::uint32_t mask = (1u << bits) - 1;
  std::array<std::uint32_t, std::size_t{1} << kMaxDigitBits> start;  // NOLINT: only the used part is cleared
  std::fill_n(start.begin(), mask + 1, 0);
  for (const std::uint32_t value : from) ++start[value >> shift & mask];
  std::uint32_t sum = 0;
  for (std::uint32_t digit = 0; digit <= mask; ++digit) sum += std::exchange(start[digit], sum);
  for (const std::uint32_t value : from) (*to)[start[value >> shift & mask]++] = value;
}

}  // namespace

void RadixSort(std::uint64_t limit, std::vector<std::uint32_t>* values, std::vector<std::uint32_t>* buffer) {
  if (values->size() < kTooFew || limit < 2) return std::sort(values->begin(), values->end());
  const Digits digits = ChooseDigits(limit, values->size());
  buffer->resize(values->size());
  for (int pass = 0; pass < digits.passes; ++pass) {
    Distribute(pass * digits.bits, digits.bits, *values, buffer);
    values->swap(*buffer);
  }
}

}  // namespace valence::features::internal
