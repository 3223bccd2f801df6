// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "words.h"

namespace valence::data::internal {

/// Words in a shingle. Three tell texts apart (two reviews share under 1 % of theirs) and still match around an edit.
inline constexpr std::size_t kShingleWords = 3;

/// The distinct shingles of a text as 64-bit hashes, ascending: its runs of kShingleWords words, or all its words as
/// one if it has fewer. Empty for a text without words.
using Shingles = std::vector<std::uint64_t>;
void CutShingles(const WordCutter& cutter, std::string_view text, text::TokenBuffer* buffer, Shingles* shingles);

/// |a and b| / |a or b|; 0 if both are empty.
double Jaccard(const Shingles& a, const Shingles& b);

/// A MinHash sketch: in each place, two texts agree with a probability equal to the Jaccard similarity of their
/// shingles (Broder 1997). Made with one hash a shingle: "One Permutation Hashing" (Li, Owen, Zhang 2012), whose empty
/// places borrow as in "Optimal Densification for Fast and Accurate Minwise Hashing" (Shrivastava 2017).
inline constexpr std::size_t kSketchPlaces = 128;
using Sketch = std::array<std::uint32_t, kSketchPlaces>;

/// Requires at least one shingle.
Sketch MakeSketch(const Shingles& shingles);

}  // namespace valence::data::internal
