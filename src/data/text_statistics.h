// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "valence/data/document.h"

namespace valence::data::internal {

/// What one text is made of.
struct TextStatistics {
  std::uint64_t characters = 0;  ///< code points
  std::uint64_t ascii = 0;       ///< of them
  std::uint64_t words = 0;
  std::uint64_t stop_words = 0;  ///< of them: NLTK's English list

  /// Share of ASCII characters; 1 for the empty text.
  double ascii_share() const;
  /// Share of stop words; 0 without words.
  double stop_word_share() const;
};

/// A word in 32 bits: enough to tell whether a vocabulary of 100,000 has it, but for one word in 40,000.
using WordId = std::uint32_t;

/// How often each word occurs.
using WordCounts = std::unordered_map<WordId, std::uint64_t>;

/// One entry a document. Deterministic; uses all threads.
std::vector<TextStatistics> DescribeTexts(const Dataset& documents);

/// Words of all documents together.
WordCounts CountWords(const Dataset& documents);

/// For each document, the share of its words that `vocabulary` (ascending) does not have; 0 without words.
std::vector<double> UnseenWordShares(const Dataset& documents, const std::vector<WordId>& vocabulary);

}  // namespace valence::data::internal
