// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "valence/features/vectorizer_config.h"

namespace valence::classifier {

/// What a count becomes before its column's factor: scikit-learn's binary and sublinear_tf; NB ratios weigh presence.
class TermFrequency {
 public:
  explicit TermFrequency(const features::VectorizerConfig& config)
      : binary_(config.binary || config.vectorizer == "nb"),
        sublinear_(config.vectorizer == "tfidf" && config.sublinear_tf) {
    for (std::size_t i = 0; i < known_.size(); ++i) known_[i] = Compute(static_cast<double>(i));
    for (std::size_t i = 1; i < shares_.size(); ++i) shares_[i] = 1 / static_cast<double>(i);
  }

  double operator()(std::uint32_t count) const {
    return count < known_.size() ? known_[count] : Compute(static_cast<double>(count));
  }
  /// What to multiply by for one of `count` occurrences: a division less.
  double Share(std::uint32_t count) const {
    return count < shares_.size() ? shares_[count] : 1 / static_cast<double>(count);
  }

 private:
  double Compute(double count) const {
    if (binary_) return count > 0 ? 1 : 0;
    return sublinear_ ? std::log(count) + 1 : count;
  }

  bool binary_;
  bool sublinear_;
  std::array<double, 64> known_{};
  std::array<double, 64> shares_{};
};

/// A document vector's length, summed term by term.
class DocumentNorm {
 public:
  enum class Kind { kNone, kL1, kL2 };

  static Kind KindOf(const features::VectorizerConfig& config) {
    if (config.vectorizer == "count" || config.norm == "none") return Kind::kNone;
    return config.norm == "l1" ? Kind::kL1 : Kind::kL2;
  }

  /// `sum`: of what has been added already.
  explicit DocumentNorm(Kind kind, double sum = 0) : kind_(kind), sum_(sum) {}
  void Add(double value) { sum_ += Share(kind_, value); }
  /// What a value adds.
  static double Share(Kind kind, double value) { return kind == Kind::kL1 ? std::fabs(value) : value * value; }

  /// What to divide by; 1 for a document without features, as scikit-learn.
  double Length() const {
    if (kind_ == Kind::kNone || sum_ == 0) return 1;
    return kind_ == Kind::kL2 ? std::sqrt(sum_) : sum_;
  }

 private:
  Kind kind_;
  double sum_;
};

}  // namespace valence::classifier
