// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/classifier/model_file.h"

namespace valence::classifier {

/// What one occurrence of a term in the original text adds to the explained score.
struct Attribution {
  std::uint32_t begin = 0;  ///< bytes [begin, end) of the original text
  std::uint32_t end = 0;
  std::uint32_t feature = 0;  ///< equal for occurrences of the same feature; Classifier::Column says which it is
  double contribution = 0;
  std::size_t term_begin = 0;  ///< where its term is in Prediction::terms (Prediction::Term)
  std::uint32_t term_size = 0;
};

/// The answer for one text. Reusable: scoring into the same object again does not allocate once warm.
struct Prediction {
  std::int32_t label = 0;             ///< class index with the highest probability
  std::vector<double> scores;         ///< one (binary: > 0 is class 1) or one per class
  std::vector<double> probabilities;  ///< one per class
  /// Filled by Explain only. In text order. Of all, sum(contribution) + intercept(explained_row) =
  /// scores[explained_row] within 1e-12.
  std::vector<Attribution> attributions;
  /// The terms of attributions, and bytes between and behind them: what Classifier::Term says too, but there it is
  /// seldom in a cache.
  std::string terms;
  std::int32_t explained_row = 0;  ///< binary: 0; otherwise the predicted label
  std::uint32_t tokens = 0;        ///< tokens after preprocessing
  std::uint32_t known_tokens = 0;  ///< of them, in the vocabulary

  /// Of one of `attributions`; valid until the next text is scored into this.
  std::string_view Term(const Attribution& a) const {
    return std::string_view(terms).substr(a.term_begin, a.term_size);
  }
};

inline constexpr std::size_t kAllAttributions = std::numeric_limits<std::size_t>::max();

/// A trained model ready to answer. Immutable and shared by all threads; each thread brings its own Scratch.
class Classifier {
 public:
  /// Per-thread working memory. Make one per thread and reuse it.
  class Scratch {
   public:
    Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;
    ~Scratch();

   private:
    friend class Classifier;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// Loads, verifies digest and golden texts (within 1e-9), and compiles. Errors: as LoadModel, and kDataCorrupt for a
  /// golden text that scores differently.
  static Result<std::shared_ptr<const Classifier>> Load(const std::filesystem::path& path);
  static Result<std::shared_ptr<const Classifier>> Make(ModelBundle bundle);

  /// Scores one text. `text` is well-formed UTF-8 (callers check at the border and answer 400). No allocation once
  /// warm, no locks. Deterministic.
  void Predict(std::string_view text, Scratch* scratch, Prediction* out) const;
  /// Predict with attributions: those of the `limit` occurrences that add most, in either direction; of equal ones the
  /// earlier. A few cost little more than Predict, all of them more than twice as much.
  void Explain(std::string_view text, Scratch* scratch, Prediction* out, std::size_t limit = kAllAttributions) const;
  /// The plain path (Preprocessor, Vectorizer, dot product): the meaning that the compiled path must equal within
  /// 1e-12. For tests.
  void PredictPlain(std::string_view text, Prediction* out) const;

  const std::vector<std::string>& labels() const;
  /// The feature of an attribution that Explain of this classifier made.
  std::int32_t Column(const Attribution& attribution) const;
  std::string_view Term(std::int32_t column) const;
  double Weight(std::int32_t row, std::int32_t column) const;
  double Intercept(std::int32_t row) const;
  std::int64_t features() const;
  /// "sha256:<12 hex digits>" of the tensors: the version in answers, metrics and headers.
  const std::string& version() const;
  const ModelBundle& bundle() const;
  /// Whether the fused single-pass scorer is in use (otherwise the plain path serves, slower).
  bool compiled() const;

 private:
  struct Impl;
  explicit Classifier(std::unique_ptr<const Impl> impl);

 public:
  ~Classifier();

 private:
  std::unique_ptr<const Impl> impl_;
};

/// About 200 golden texts: up to 150 training texts spread evenly (cut to 400 bytes) and built-in edge cases (Unicode,
/// URLs, HTML, digits, emoji, empty), scored by `classifier`. Deterministic.
std::vector<GoldenText> MakeGoldenTexts(const Classifier& classifier,
                                        const std::vector<std::string_view>& training_texts);

}  // namespace valence::classifier
