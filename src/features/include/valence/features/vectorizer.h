// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/features/vectorizer_config.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::features {

/// Terms by column, in scikit-learn's order (ascending code points, which is ascending UTF-8 bytes). Immutable once
/// built; copies share the terms' memory.
class Vocabulary {
 public:
  Vocabulary() = default;
  /// Takes the terms' bytes back to back and n + 1 offsets. Error: kDataCorrupt if offsets do not ascend, a term
  /// repeats, or (sorted wanted) terms do not ascend.
  static Result<Vocabulary> Make(std::string bytes, std::vector<std::uint64_t> offsets);
  /// The same of memory that `owner` keeps alive and unchanged.
  static Result<Vocabulary> Share(std::shared_ptr<const void> owner, std::string_view bytes,
                                  std::span<const std::uint64_t> offsets);
  static Result<Vocabulary> FromTerms(const std::vector<std::string>& terms_by_column);

  std::int64_t size() const { return std::ssize(offsets_) - 1; }
  std::string_view Term(std::int64_t column) const {
    const auto i = static_cast<std::size_t>(column);
    return {bytes_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]};
  }
  std::string_view bytes() const { return bytes_; }
  std::span<const std::uint64_t> offsets() const { return offsets_; }

  /// vocabulary.json: one object term -> column.
  std::string ToJson() const;
  /// Error: kDataCorrupt; columns must be 0..n-1 once each.
  static Result<Vocabulary> FromJson(std::string_view text);

  bool operator==(const Vocabulary& other) const;

 private:
  static constexpr std::uint64_t kNoTerms[] = {0};

  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
  std::span<const std::uint64_t> offsets_ = kNoTerms;
};

/// What Fit learns: everything Transform needs beside the configuration.
struct FittedVectorizer {
  VectorizerConfig config;
  Vocabulary vocabulary;  ///< empty for hashing
  /// One factor per column: idf (tfidf with use_idf), r = ln(p/q) (nb), empty otherwise. Multiclass nb is refused.
  std::vector<double> weighting;
};

struct FitOutput {
  FittedVectorizer fitted;
  linalg::CsrMatrix matrix;  ///< fit_transform's result for the training documents
};

/// Learns the vocabulary and weighting and transforms the same documents: scikit-learn's fit_transform, the same terms,
/// order, indices (sorted) and values within 1e-12. `documents` are processed texts, well-formed UTF-8; `labels`
/// (0-based class per document) matter to `nb` only and may be empty otherwise. Uses all threads; the result does not
/// depend on them. Errors: kInvalidArgument (empty vocabulary, min_df above max_df, nb without two classes, ...) in
/// scikit-learn's spirit.
Result<FitOutput> FitTransform(const VectorizerConfig& config, std::span<const std::string_view> documents,
                               std::span<const std::int32_t> labels, Progress& progress);

/// Rows of a fixed vocabulary and weighting. Immutable after Make; thread-safe. The *plain* path of scoring.
class Vectorizer {
 public:
  static Result<Vectorizer> Make(FittedVectorizer fitted);

  const FittedVectorizer& fitted() const;
  std::int64_t cols() const;

  /// transform() of scikit-learn for many documents, all threads.
  linalg::CsrMatrix Transform(std::span<const std::string_view> documents) const;

  /// One occurrence of a feature in a text: column, and bytes [begin, end) of the text given (all of an n-gram).
  struct Occurrence {
    std::int32_t column = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// All in-vocabulary occurrences in a processed document, in order of begin then end. For explanations on the plain
  /// path.
  std::vector<Occurrence> FindOccurrences(std::string_view document) const;

 private:
  struct Impl;
  explicit Vectorizer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace valence::features
