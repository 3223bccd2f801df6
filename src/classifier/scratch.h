// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bigram_search.h"
#include "feature_counter.h"
#include "surface_memo.h"
#include "valence/classifier/classifier.h"
#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocessor.h"
#include "weightiest.h"

namespace valence::classifier {

/// Working memory of the compiled path, for one thread; grows to the largest text and stays.
struct ScoringMemory {
  text::TokenBuffer surface;
  std::vector<Node> surface_nodes;         ///< of surface tokens, where they are not the tokens
  std::vector<Node> nodes;                 ///< of the tokens left after preprocessing
  std::vector<Node> prefixes;              ///< of the n-gram that starts at each token, as long as the last pass found
  std::vector<text::Span> spans;           ///< of the tokens, when explaining and where they are not the surface tokens
  std::vector<std::uint32_t> occurrences;  ///< ids of features; the first `occurrence_count` are this text's
  std::size_t occurrence_count = 0;
  std::uint32_t unknown_tokens = 0;         ///< nodes that are kUnknown
  std::vector<std::uint32_t> first_tokens;  ///< of the occurrences, when explaining; of bigrams if they are prefixes
  std::vector<std::size_t> ends;            ///< [n - 1]: how many occurrences have n tokens or fewer
  std::vector<double> sizes;                ///< of one occurrence's contribution to the explained row, by place
  std::vector<double> greatest;             ///< of groups of `sizes`
  std::vector<std::uint32_t> candidates;    ///< places of features that may be among the weightiest
  FewFound few;                             ///< occurrences of candidates
  std::vector<FoundFeature> kept;           ///< of which attributions are made: the first `kept_count`
  std::size_t kept_count = 0;
  BigramSearch bigrams;
  FeatureCounter counter;
  SurfaceMemo memo;
  std::string mapped_bytes;
  std::vector<std::string_view> mapped;
  double length = 1;  ///< of the last document vector, which its values were divided by
};

struct Classifier::Scratch::Impl : ScoringMemory {};

}  // namespace valence::classifier
