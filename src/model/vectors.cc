// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "valence/linalg/parallel.h"

namespace valence::model {
namespace {

constexpr std::size_t kChunks = 64;

}  // namespace

double Dot(std::span<const double> a, std::span<const double> b) {
  return linalg::ParallelSum(a.size(), [&](std::size_t begin, std::size_t end) {
    double even = 0;
    double odd = 0;
    std::size_t i = begin;
    for (; i + 2 <= end; i += 2) {
      even += a[i] * b[i];
      odd += a[i + 1] * b[i + 1];
    }
    if (i < end) even += a[i] * b[i];
    return even + odd;
  });
}

double MaxAbs(std::span<const double> a) {
  std::vector<double> largest(kChunks, 0.0);
  linalg::ParallelFor(a.size(), kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    double local = 0;
    for (std::size_t i = begin; i < end; ++i) local = std::max(local, std::abs(a[i]));
    largest[chunk] = local;
  });
  return *std::max_element(largest.begin(), largest.end());
}

void AddScaled(double alpha, std::span<const double> x, std::span<double> y) {
  linalg::ParallelFor(x.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) y[i] += alpha * x[i];
  });
}

}  // namespace valence::model
