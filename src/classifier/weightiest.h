// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ranking.h"

/// Choosing the occurrences that add most. Nearly without branches on what is chosen from, which cannot be predicted.
namespace valence::classifier {

/// An occurrence that may become an attribution.
struct FoundFeature {
  std::uint32_t first_token = 0;
  std::uint32_t tokens = 0;
  std::uint32_t place = 0;  ///< of the feature in the counter
  double size = 0;          ///< of its contribution, before the document's length divides all of them
};

/// A size that at least `limit` of `sizes` reach, and few more than that, so that what is far too light is passed over
/// at little cost. `greatest` is working memory.
double LowerBoundOfLargest(std::span<const double> sizes, std::size_t limit, std::vector<double>* greatest);

/// A few that were found. What is behind the first `count` is working memory.
struct FewFound {
  static constexpr std::size_t kPadding = 8;

  std::array<FoundFeature, kFew + kPadding> all;
  std::size_t count = 0;
};

/// Sets kept[0, n) to the `limit` weightiest of these, of equal ones the earlier, by their place in the text, and
/// returns n. `kept` has room for kFew and one more.
std::size_t KeepWeightiest(std::size_t limit, FewFound* found, FoundFeature* kept);

/// The same for any number, in place.
void KeepWeightiest(std::size_t limit, std::vector<FoundFeature>* found);

}  // namespace valence::classifier
