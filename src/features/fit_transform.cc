// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer.h"
#include "config_check.h"
#include "hashing.h"
#include "learn_features.h"
#include "valence/features/vectorizer.h"
#include "vocabulary_file.h"
#include "vocabulary_index.h"
#include "weighting.h"

namespace valence::features {
namespace {

using internal::Analyzer;
using internal::CountRows;
using internal::LearnedFeatures;

Result<LearnedFeatures> CountGivenTerms(const VectorizerConfig& config, const Analyzer& analyzer,
                                        std::span<const std::string_view> documents) {
  LearnedFeatures features;
  VALENCE_TRY(features.vocabulary, internal::ReadVocabularyFile(config.vocabulary));
  features.rows = internal::VocabularyIndex(analyzer, features.vocabulary).Count(analyzer, documents);
  if (config.binary) internal::MakeBinary(&features.rows);
  return features;
}

Result<LearnedFeatures> CountFeatures(const VectorizerConfig& config, const Analyzer& analyzer,
                                      std::span<const std::string_view> documents, Progress& progress) {
  if (config.vectorizer == "hashing") {
    LearnedFeatures features{Vocabulary(), internal::HashDocuments(config, analyzer, documents)};
    if (config.binary) internal::MakeBinary(&features.rows);
    return features;
  }
  if (!config.vocabulary.empty()) return CountGivenTerms(config, analyzer, documents);
  return internal::LearnFeatures(config, analyzer, documents, progress);
}

Result<std::vector<double>> LearnWeighting(const VectorizerConfig& config, const CountRows& rows,
                                           std::span<const std::int32_t> labels) {
  if (config.vectorizer == "nb") return internal::LogCountRatios(config, rows, labels);
  if (config.vectorizer == "tfidf" && config.use_idf) {
    return internal::InverseDocumentFrequencies(rows, config.smooth_idf);
  }
  return std::vector<double>();
}

}  // namespace

Result<FitOutput> FitTransform(const VectorizerConfig& config, std::span<const std::string_view> documents,
                               std::span<const std::int32_t> labels, Progress& progress) {
  VALENCE_RETURN_IF_ERROR(internal::CheckConfig(config));
  VALENCE_TRY(const Analyzer analyzer, Analyzer::Make(config));
  if (documents.empty()) return InvalidArgument("featurize: there are no documents");
  progress.Start("featurize", documents.size(), "documents");
  VALENCE_TRY(LearnedFeatures features, CountFeatures(config, analyzer, documents, progress));

  FitOutput output;
  output.fitted.config = config;
  output.fitted.vocabulary = std::move(features.vocabulary);
  VALENCE_TRY(output.fitted.weighting, LearnWeighting(config, features.rows, labels));
  // The ratio was taken from the counts; the features themselves only say whether a term occurs.
  if (config.vectorizer == "nb") internal::MakeBinary(&features.rows);
  output.matrix = internal::WeighRows(config, output.fitted.weighting, features.rows);
  progress.Done();
  return output;
}

}  // namespace valence::features
