// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "analyzer.h"
#include "count_rows.h"
#include "valence/features/vectorizer_config.h"

namespace valence::features::internal {

/// MurmurHash3_x86_32 (Austin Appleby, public domain), seed 0, as a signed number.
std::int32_t MurmurHash3(std::string_view bytes);

/// The column a hash falls into: scikit-learn's abs(h) % n_features.
std::int32_t HashedColumn(std::int32_t hash, std::int64_t n_features);

/// Sums of signs of each document's hashed n-grams: FeatureHasher(input_type="string"). All threads.
CountRows HashDocuments(const VectorizerConfig& config, const Analyzer& analyzer,
                        std::span<const std::string_view> documents);

/// Tokens joined to text, so that each n-gram's term is one slice of it.
class JoinedTokens {
 public:
  /// Calls visit(first token, past the last token, term) for every n-gram that is a feature, of any document's tokens.
  template <class Visit>
  void ForEachTerm(const Analyzer& analyzer, std::span<const std::string_view> tokens, Visit visit) {
    for (std::size_t begin = 0; begin < tokens.size();) {
      std::size_t end = begin;
      while (end < tokens.size() && !tokens[end].empty()) ++end;
      VisitSegment(analyzer, tokens.subspan(begin, end - begin), begin, visit);
      begin = end + 1;
    }
  }

 private:
  // A segment has no border inside.
  template <class Visit>
  void VisitSegment(const Analyzer& analyzer, std::span<const std::string_view> tokens, std::size_t first,
                    Visit& visit) {
    Join(tokens, analyzer.separator());
    const bool padded = !tokens.empty() && tokens.front() == Analyzer::Space() && tokens.back() == Analyzer::Space();
    for (std::size_t length = 1; length <= std::min(analyzer.max_length(), tokens.size()); ++length) {
      if (!analyzer.Emits(length, padded && length == tokens.size())) continue;
      for (std::size_t i = 0; i + length <= tokens.size(); ++i) visit(first + i, first + i + length, Slice(i, length));
    }
  }
  void Join(std::span<const std::string_view> tokens, std::string_view separator);
  std::string_view Slice(std::size_t first, std::size_t length) const {
    const std::size_t begin = begins_[first];
    const std::size_t last = first + length - 1;
    return std::string_view(bytes_).substr(begin, begins_[last] + sizes_[last] - begin);
  }

  std::string bytes_;
  std::vector<std::size_t> begins_;
  std::vector<std::size_t> sizes_;
};

}  // namespace valence::features::internal
