// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/features/vectorizer.h"
#include "valence/model/logistic_regression.h"

namespace valence::classifier {

/// A raw text and the scores the model must give it, checked at every load.
struct GoldenText {
  std::string text;
  std::vector<double> scores;  ///< rows() of the model
};

/// Everything in model.safetensors (docs/formats/model.md): data only, no code.
struct ModelBundle {
  std::vector<std::string> labels;  ///< class names by class index
  std::vector<std::string> preprocess_steps;
  features::FittedVectorizer vectorizer;
  model::LinearModel linear;
  std::vector<GoldenText> golden_texts;
  std::map<std::string, std::string> lineage;  ///< train_sha256, test_sha256, source, valence_version
  Json certificate;                            ///< model::Certificate as JSON
  Json parameters;                             ///< all sections of params.yaml that shaped the model
  std::string digest;                          ///< SHA-256 (hex) of the tensor block; set by Load and Save
};

/// Serialises deterministically and writes atomically; returns the digest.
Result<std::string> SaveModel(const std::filesystem::path& path, const ModelBundle& bundle);

/// Checks structure, bounds and digest before anything is used. Errors: kDataCorrupt naming the section and byte; never
/// allocates more than about twice the file's size whatever its bytes say. Golden texts are checked by
/// Classifier::Load.
Result<ModelBundle> LoadModel(const std::filesystem::path& path);
Result<ModelBundle> ParseModel(std::string_view bytes, std::string_view name);

/// The model's parameters as JSON and back, for the file's metadata.
Json ToJson(const model::Certificate& certificate);

}  // namespace valence::classifier
