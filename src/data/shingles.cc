// SPDX-License-Identifier: Apache-2.0
#include "shingles.h"

#include <algorithm>

namespace valence::data::internal {
namespace {

constexpr std::uint32_t kEmpty = 0xFFFFFFFF;

/// The finaliser of SplitMix64: a permutation of 64-bit numbers that reads as random.
std::uint64_t Scramble(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t Combine(std::uint64_t hash, std::uint64_t next) { return Scramble(hash + 0x9e3779b97f4a7c15 + next); }

/// Fills each empty place from one that is not, both texts of a pair asking the places in the same order.
void Densify(Sketch* sketch) {
  const Sketch sparse = *sketch;
  for (std::size_t place = 0; place < kSketchPlaces; ++place) {
    for (std::uint64_t attempt = 1; (*sketch)[place] == kEmpty; ++attempt) {
      (*sketch)[place] = sparse[Scramble(place << 32 | attempt) % kSketchPlaces];
    }
  }
}

}  // namespace

void CutShingles(const WordCutter& cutter, std::string_view text, text::TokenBuffer* buffer, Shingles* shingles) {
  shingles->clear();
  for (const text::SurfaceToken& word : cutter.Cut(text, buffer)) shingles->push_back(buffer->Hash(word));
  const std::size_t words = shingles->size();
  if (words == 0) return;
  const std::size_t length = std::min(kShingleWords, words);
  for (std::size_t begin = 0; begin + length <= words; ++begin) {
    std::uint64_t hash = length;
    for (std::size_t i = begin; i < begin + length; ++i) hash = Combine(hash, (*shingles)[i]);
    (*shingles)[begin] = hash;  // whose word is in no later shingle
  }
  shingles->resize(words - length + 1);
  std::sort(shingles->begin(), shingles->end());
  shingles->erase(std::unique(shingles->begin(), shingles->end()), shingles->end());
}

double Jaccard(const Shingles& a, const Shingles& b) {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common, ++i, ++j;
    } else {
      ++(a[i] < b[j] ? i : j);
    }
  }
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

Sketch MakeSketch(const Shingles& shingles) {
  static_assert((kSketchPlaces & (kSketchPlaces - 1)) == 0, "the place is taken from the hash's low bits");
  Sketch sketch;
  sketch.fill(kEmpty);
  for (const std::uint64_t hash : shingles) {
    // kEmpty itself stands for no value.
    const std::uint32_t value = std::min(static_cast<std::uint32_t>(hash >> 32), kEmpty - 1);
    std::uint32_t& place = sketch[hash % kSketchPlaces];
    place = std::min(place, value);
  }
  Densify(&sketch);
  return sketch;
}

}  // namespace valence::data::internal
