// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/classifier/classifier.h"

namespace valence::serving {

/// Writes predictions as JSON by hand into a reused string: names are escaped once, when the model is loaded.
class AnswerWriter {
 public:
  explicit AnswerWriter(const classifier::Classifier& classifier);

  /// Appends `{"label":..,"probabilities":{..},"score":..,"tokens":..,"known_tokens":..,"model_version":..}`, for more
  /// than two classes with "scores":{..} by label ("score" is the label's own). With `explain`, "intercept" and
  /// "attributions" (the `max_attributions` weightiest, 0 for all, in text order).
  void Append(std::string_view text, const classifier::Prediction& prediction, bool explain,
              std::size_t max_attributions, std::string* out) const;

 private:
  void AppendAttributions(std::string_view text, const classifier::Prediction& prediction, std::size_t limit,
                          std::string* out) const;

  const classifier::Classifier& classifier_;
  std::vector<std::string> labels_;  // as JSON strings
  std::string version_;              // likewise
};

}  // namespace valence::serving
