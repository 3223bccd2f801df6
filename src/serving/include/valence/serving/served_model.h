// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "valence/classifier/classifier.h"

namespace valence::serving {

class AnswerWriter;
class ModelMetrics;

/// The name and version by which clients ask for a model.
struct ModelId {
  std::string name = "model";  ///< IsModelName holds
  std::string version = "1";   ///< decimal digits, as Triton's and TF Serving's clients expect
};

/// Whether `name` can stand in a path and in a label as it is: 1 to 128 of A-Z a-z 0-9 . _ -
bool IsModelName(std::string_view name);

/// One version of one model, ready to answer: the classifier, its working memory for each server thread, its metrics
/// and what is prepared once for its answers. Never changes but for counting, so it is shared by all threads; it goes
/// when the last snapshot that holds it does (ModelRepository).
class ServedModel {
 public:
  /// `threads`: calls use thread numbers in [0, threads).
  /// `card`: the model card, Markdown; "" if there is none.
  ServedModel(ModelId id, std::shared_ptr<const classifier::Classifier> classifier, int threads, std::string card = {});
  ServedModel(const ServedModel&) = delete;
  ServedModel& operator=(const ServedModel&) = delete;
  ~ServedModel();

  const std::string& name() const;
  const std::string& version() const;
  const std::string& card() const;
  const classifier::Classifier& classifier() const;
  /// Whether clients may call this version `version`: by its number or by the classifier's ("sha256:...").
  bool IsVersion(std::string_view version) const;
  /// "Valence-Model-Version: ...\r\n".
  const std::string& headers() const;

  /// Scores and counts one text (well-formed UTF-8) into `out`, with at most so many attributions. At most one call per
  /// `thread` at a time. No allocation once warm, no locks.
  void Predict(int thread, std::string_view text, std::size_t attributions, classifier::Prediction* out) const;

  const AnswerWriter& writer() const;
  ModelMetrics& metrics() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::serving
