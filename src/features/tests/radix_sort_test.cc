// SPDX-License-Identifier: Apache-2.0
#include "radix_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace valence::features::internal {
namespace {

TEST(RadixSort, SortsAnyNumberOfValuesOfAnyWidth) {
  std::mt19937_64 random(1);
  std::vector<std::uint32_t> buffer;
  for (const std::uint64_t limit : {1ull, 2ull, 255ull, 256ull, 257ull, 1ull << 19, (1ull << 32) - 1, 1ull << 32}) {
    for (const std::size_t size : {0u, 1u, 31u, 32u, 400u, 100000u}) {
      std::vector<std::uint32_t> values(size);
      for (std::uint32_t& v : values) v = static_cast<std::uint32_t>(random() % limit);
      std::vector<std::uint32_t> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      RadixSort(limit, &values, &buffer);
      EXPECT_EQ(values, sorted) << size << " below " << limit;
    }
  }
}

}  // namespace
}  // namespace valence::features::internal
