// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/cross_validation_config.h"

#include <limits>

#include "valence/base/check.h"
#include "valence/evaluation/metrics.h"

namespace valence::pipeline {
namespace {

Yaml Default(const char* text) {
  auto yaml = Yaml::Parse(text, "default");
  VALENCE_CHECK(yaml.has_value(), "a default is YAML");
  return std::move(*yaml);
}

}  // namespace

void CrossValidationConfig::Describe(FieldVisitor& v) {
  v.Visit({"folds", "Parts of the training documents, each judged by a model of the others."}, folds, Between(2, 100));
  v.Visit({"seed", "Seed of the shuffle that fills the folds.", "0 to 2^32 - 1"}, seed,
          Between(0, std::numeric_limits<std::uint32_t>::max()));
  v.Visit({"metric", "Metric whose mean over the folds decides."}, metric, evaluation::MetricNames());
}

TuneConfig::TuneConfig() : grid(Default("{train.C: [1, 3, 10, 30, 100], featurize.ngram_range: [[1, 1], [1, 2]]}")) {}

void TuneConfig::Describe(FieldVisitor& v) {
  v.Visit({"grid", "Values to try of each parameter; every combination is a candidate.",
           "parameters of preprocess, featurize and train, each with a list"},
          grid);
  v.Visit({"trials", "Try only so many combinations, drawn at random by cross_validation.seed; 0 tries all.", ">= 0"},
          trials, AtLeast(0));
}

CompareConfig::CompareConfig()
    : candidates(Default("{counts: {featurize.vectorizer: count, train.C: 0.1}, tfidf: {featurize.vectorizer: tfidf}, "
                         "nb: {featurize.vectorizer: nb, featurize.binary: true, featurize.norm: none, train.C: 1}, "
                         "hashing: {featurize.vectorizer: hashing}}")) {}

void CompareConfig::Describe(FieldVisitor& v) {
  v.Visit({"candidates", "Settings to set against the parameters in force.",
           "names, each with values of preprocess, featurize and train"},
          candidates);
}

}  // namespace valence::pipeline
