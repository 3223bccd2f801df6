// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "feature_counter.h"
#include "weighting.h"

namespace valence::classifier {

/// In a feature's id: it is a place in the bigram table, not a node.
inline constexpr std::uint32_t kPlaceBit = 0x80000000;

/// Where the cells of a model with one row of weights are, each a factor and a weight: one behind the other, at an id
/// without its kPlaceBit.
struct OneRowCells {
  const double* nodes;
  const double* places;

  const double* operator[](std::uint32_t id) const {
    return ((id & kPlaceBit) != 0 ? places : nodes) + 2 * std::size_t{id & ~kPlaceBit};
  }
};

/// Over a document's features: what its vector's length comes from, and the score, which that has yet to divide.
struct FeatureSums {
  DocumentNorm norm;
  double score = 0;
};

/// Adds up, in eight sums by turns, which are added at the end: an addition takes longer than all else that there is to
/// do for a feature, and AVX-512 does eight of them at once where the processor has it. The same to the last bit on
/// every processor. Sets sizes[i], if `sizes` is not nullptr, to what one occurrence of features[i] adds to the score,
/// in either direction.
FeatureSums AddUpFeatures(std::span<const CountedFeature> features, const OneRowCells& cells,
                          const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes);
FeatureSums AddUpFeaturesPortably(std::span<const CountedFeature> features, const OneRowCells& cells,
                                  const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes);

}  // namespace valence::classifier
