// SPDX-License-Identifier: Apache-2.0
#include "valence/features/vectorizer.h"

#include <fmt/format.h>

#include "analyzer.h"
#include "config_check.h"
#include "hashing.h"
#include "occurrences.h"
#include "vocabulary_index.h"
#include "weighting.h"

namespace valence::features {

struct Vectorizer::Impl {
  FittedVectorizer fitted;
  internal::Analyzer analyzer;
  internal::VocabularyIndex index;

  bool hashes() const { return fitted.config.vectorizer == "hashing"; }
};

namespace {

Status CheckWeighting(const FittedVectorizer& fitted) {
  const VectorizerConfig& config = fitted.config;
  const bool weighted = config.vectorizer == "nb" || (config.vectorizer == "tfidf" && config.use_idf);
  const auto wanted = weighted ? static_cast<std::size_t>(fitted.vocabulary.size()) : 0;
  if (fitted.weighting.size() == wanted) return Ok();
  return DataCorrupt(fmt::format("vectorizer: expected {} weighting factors for {} terms, found {}", wanted,
                                 fitted.vocabulary.size(), fitted.weighting.size()));
}

}  // namespace

Result<Vectorizer> Vectorizer::Make(FittedVectorizer fitted) {
  VALENCE_RETURN_IF_ERROR(internal::CheckConfig(fitted.config));
  VALENCE_TRY(internal::Analyzer analyzer, internal::Analyzer::Make(fitted.config));
  VALENCE_RETURN_IF_ERROR(CheckWeighting(fitted));
  internal::VocabularyIndex index(analyzer, fitted.vocabulary);
  return Vectorizer(std::make_shared<const Impl>(Impl{std::move(fitted), analyzer, std::move(index)}));
}

const FittedVectorizer& Vectorizer::fitted() const { return impl_->fitted; }

std::int64_t Vectorizer::cols() const {
  return impl_->hashes() ? impl_->fitted.config.n_features : impl_->fitted.vocabulary.size();
}

linalg::CsrMatrix Vectorizer::Transform(std::span<const std::string_view> documents) const {
  const VectorizerConfig& config = impl_->fitted.config;
  internal::CountRows rows = impl_->hashes() ? internal::HashDocuments(config, impl_->analyzer, documents)
                                             : impl_->index.Count(impl_->analyzer, documents);
  if (config.binary || config.vectorizer == "nb") internal::MakeBinary(&rows);
  return internal::WeighRows(config, impl_->fitted.weighting, rows);
}

std::vector<Vectorizer::Occurrence> Vectorizer::FindOccurrences(std::string_view document) const {
  return impl_->hashes() ? internal::FindHashedOccurrences(impl_->analyzer, impl_->fitted.config.n_features, document)
                         : internal::FindIndexedOccurrences(impl_->analyzer, impl_->index, document);
}

}  // namespace valence::features
