// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "valence/classifier/classifier.h"

namespace valence::serving {

/// A real model small enough to compute by hand: counts of four words, no preprocessing.
///   score = 0.25 - 2 bad + 1 fine + 1.5 good - 0.5 not
inline std::shared_ptr<const classifier::Classifier> SmallModel() {
  classifier::ModelBundle bundle;
  bundle.labels = {"negative", "positive"};
  auto& vectorizer = bundle.vectorizer;
  vectorizer.config.vectorizer = "count";
  vectorizer.config.ngram_range = {1, 1};
  vectorizer.config.norm = "none";
  vectorizer.vocabulary = features::Vocabulary::FromTerms({"bad", "fine", "good", "not"}).value();
  bundle.linear = {4, 2, {-2, 1, 1.5, -0.5}, {0.25}};
  bundle.digest = std::string(64, 'a');
  bundle.lineage["train_sha256"] = "0123";
  return classifier::Classifier::Make(std::move(bundle)).value();
}

/// Three labels, so softmax: scores sad = 1 bad, so_so = 0.5, happy = 1 good.
inline std::shared_ptr<const classifier::Classifier> ThreeLabelModel() {
  classifier::ModelBundle bundle;
  bundle.labels = {"sad", "so_so", "happy"};
  auto& vectorizer = bundle.vectorizer;
  vectorizer.config.vectorizer = "count";
  vectorizer.config.ngram_range = {1, 1};
  vectorizer.config.norm = "none";
  vectorizer.vocabulary = features::Vocabulary::FromTerms({"bad", "good"}).value();
  bundle.linear = {2, 3, {1, 0, 0, 0, 0, 1}, {0, 0.5, 0}};
  bundle.digest = std::string(64, 'b');
  return classifier::Classifier::Make(std::move(bundle)).value();
}

}  // namespace valence::serving
