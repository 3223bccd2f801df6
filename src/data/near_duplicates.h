// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace valence::data::internal {

/// Two texts that share most of their shingles (shingles.h).
struct NearDuplicate {
  std::uint32_t first = 0;  ///< index of the text; first < second
  std::uint32_t second = 0;
  double similarity = 0;  ///< exact Jaccard similarity of the two sets of shingles

  bool operator==(const NearDuplicate&) const = default;
};

/// Pairs of texts with at least this `similarity` (0.5 to 1), in ascending order. Candidates come from
/// locality-sensitive hashing of MinHash sketches (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4):
/// texts that agree in one of 32 bands of 4 places, which two texts of similarity s do with probability 1 - (1 -
/// s^4)^32 (0.9998 at 0.7). Each candidate is then compared exactly, so that what is returned is never wrong; a pair
/// may be missed with the rest of that probability. In a band that very many texts share, each is compared with the 16
/// before it only. Texts without words have no near-duplicates. Deterministic at any thread count. Memory: 512 bytes a
/// text and what the candidates take, never more than 4 KB a text.
std::vector<NearDuplicate> FindNearDuplicates(const std::vector<std::string_view>& texts, double similarity);

}  // namespace valence::data::internal
