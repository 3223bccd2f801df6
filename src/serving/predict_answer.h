// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predict_request.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {

/// What an answer holds besides the prediction.
struct AnswerOptions {
  bool explain = false;             ///< "intercept" and "attributions"
  std::optional<double> threshold;  ///< decides the label of a model with two
  DocumentId id;                    ///< echoed
  std::string_view prediction_id;   ///< for feedback; hex digits, or "" for none
};

/// Writes predictions as JSON by hand into a reused string: names are escaped once, when the model is loaded.
class AnswerWriter {
 public:
  explicit AnswerWriter(const classifier::Classifier& classifier);

  /// Appends
  /// `{"id"?:..,"prediction_id"?:..,"label":..,"probabilities":{..},"score":..,"tokens":..,"known_tokens":..,"model_version":..}`,
  /// for more than two classes with "scores":{..} by label ("score" is the label's own), and what `options` ask for.
  void Append(std::string_view text, const classifier::Prediction& prediction, const AnswerOptions& options,
              std::string* out) const;

  /// The label's index: the most probable, or with a threshold the second if its probability reaches that.
  static std::size_t Decide(const classifier::Prediction& prediction, std::optional<double> threshold);
  /// The score of `label`; a binary model's only one.
  static double ScoreOf(const classifier::Prediction& prediction, std::size_t label);
  /// Label number `index` as a JSON string.
  const std::string& QuotedLabel(std::size_t index) const { return labels_[index]; }
  const std::vector<std::string>& quoted_labels() const { return labels_; }
  /// Appends `[{"begin","end","term","text","contribution"},...]`.
  void AppendAttributions(std::string_view text, const classifier::Prediction& prediction, std::string* out) const;

 private:
  std::vector<std::string> labels_;  // as JSON strings
  std::string version_;              // likewise
  std::vector<std::string> intercepts_;
};

/// The shortest digits that read back as `value`, and recognisably no integer. Requires a finite value.
void AppendDouble(double value, std::string* out);

}  // namespace valence::serving
