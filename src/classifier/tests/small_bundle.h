// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/classifier/model_file.h"

namespace valence::classifier {

/// A binary unigram and bigram model of five terms, with weights easy to compute by hand.
inline ModelBundle SmallBundle() {
  ModelBundle bundle;
  bundle.labels = {"negative", "positive"};
  bundle.preprocess_steps = {"lowercase"};
  bundle.vectorizer.config.vectorizer = "tfidf";
  bundle.vectorizer.vocabulary =
      features::Vocabulary::FromTerms({"bad", "caf\xc3\xa9", "good", "good film", "not good"}).value();
  bundle.vectorizer.weighting = {1.0, 2.0, 1.5, 2.5, 3.0};
  bundle.linear.features = 5;
  bundle.linear.classes = 2;
  bundle.linear.weights = {-4.0, 0.25, 3.0, 1.0, -6.0};
  bundle.linear.intercepts = {0.125};
  bundle.lineage = {{"source", "hand-written"}, {"train_sha256", "00ff"}};
  bundle.certificate = Json::MakeObject({{"relative_gap", Json(1e-10)}});
  bundle.parameters = Json::MakeObject({{"train", Json::MakeObject({{"C", Json(1.0)}})}});
  return bundle;
}

}  // namespace valence::classifier
