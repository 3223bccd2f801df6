// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "valence/classifier/model_file.h"
#include "valence/features/vectorizer.h"
#include "valence/text/preprocessor.h"

namespace valence::classifier {

/// A model of real vocabulary and weighting, fitted to `texts`, and random weights.
inline ModelBundle FittedBundle(const std::vector<std::string>& texts, const std::vector<std::string>& steps,
                                const features::VectorizerConfig& config, std::int64_t classes = 2) {
  const text::Preprocessor preprocessor = text::Preprocessor::Make(steps).value();
  std::vector<std::string> processed;
  std::vector<std::int32_t> labels;
  for (const std::string& text : texts) {
    processed.push_back(preprocessor.Apply(text));
    labels.push_back(static_cast<std::int32_t>(labels.size()) % 2);
  }
  const std::vector<std::string_view> documents(processed.begin(), processed.end());
  ModelBundle bundle;
  bundle.vectorizer = features::FitTransform(config, documents, labels, Progress::None()).value().fitted;
  bundle.preprocess_steps = steps;
  for (std::int64_t k = 0; k < classes; ++k) bundle.labels.push_back("class" + std::to_string(k));
  bundle.linear.classes = classes;
  bundle.linear.features = config.vectorizer == "hashing" ? config.n_features : bundle.vectorizer.vocabulary.size();
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const auto rows = static_cast<std::size_t>(bundle.linear.rows());
  bundle.linear.weights.resize(rows * static_cast<std::size_t>(bundle.linear.features));
  bundle.linear.intercepts.resize(rows);
  for (double& weight : bundle.linear.weights) weight = normal(random);
  for (double& intercept : bundle.linear.intercepts) intercept = normal(random);
  return bundle;
}

}  // namespace valence::classifier
