// SPDX-License-Identifier: Apache-2.0
#include "valence/classifier/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "compiled_scorer.h"
#include "golden_texts.h"
#include "model_codec.h"
#include "plain_scorer.h"
#include "valence/base/files.h"

namespace valence::classifier {
namespace {

bool HasWordVocabulary(const features::VectorizerConfig& config) {
  return config.analyzer == "word" && config.vectorizer != "hashing";
}

// What every array's length must be. A file is checked as it is read; a bundle may come from anywhere.
Status CheckBundle(const ModelBundle& bundle) {
  const model::LinearModel& linear = bundle.linear;
  const features::FittedVectorizer& fitted = bundle.vectorizer;
  const bool hashing = fitted.config.vectorizer == "hashing";
  const bool weighted =
      fitted.config.vectorizer == "nb" || (fitted.config.vectorizer == "tfidf" && fitted.config.use_idf);
  const auto expect = [](std::string_view what, std::int64_t found, std::int64_t expected) -> Status {
    if (found == expected) return Ok();
    return InvalidArgument(fmt::format("model: expected {} {}, found {}", expected, what, found));
  };
  if (linear.classes < 2) return InvalidArgument("model: expected two or more classes");
  VALENCE_RETURN_IF_ERROR(expect("labels", std::ssize(bundle.labels), linear.classes));
  VALENCE_RETURN_IF_ERROR(expect("intercepts", std::ssize(linear.intercepts), linear.rows()));
  VALENCE_RETURN_IF_ERROR(expect("weights", std::ssize(linear.weights), linear.rows() * linear.features));
  const std::int64_t columns = hashing ? fitted.config.n_features : fitted.vocabulary.size();
  VALENCE_RETURN_IF_ERROR(expect("features", linear.features, columns));
  return expect("weighting factors", std::ssize(fitted.weighting), weighted ? columns : 0);
}

void Decide(const model::LinearModel& linear, Prediction* out) {
  out->probabilities.resize(static_cast<std::size_t>(linear.classes));
  model::Probabilities(out->scores, out->probabilities);
  const auto best = std::max_element(out->probabilities.begin(), out->probabilities.end());
  out->label = static_cast<std::int32_t>(best - out->probabilities.begin());
  out->explained_row = linear.rows() == 1 ? 0 : out->label;
}

void KeepWeightiest(std::size_t limit, std::vector<Attribution>* attributions) {
  if (attributions->size() <= limit) return;
  std::vector<std::size_t> order(attributions->size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&all = *attributions](std::size_t a, std::size_t b) {
    return std::fabs(all[a].contribution) > std::fabs(all[b].contribution);
  });
  order.resize(limit);
  std::sort(order.begin(), order.end());
  std::vector<Attribution> kept;
  for (const std::size_t i : order) kept.push_back((*attributions)[i]);
  *attributions = std::move(kept);
}

}  // namespace

// Scorers point into bundle and trie: made in place, never moved.
struct Classifier::Impl {
  ModelBundle bundle;
  std::optional<VocabularyTrie> trie;
  std::optional<PlainScorer> plain;
  std::optional<CompiledScorer> compiled;
  std::string version;
};

Classifier::Scratch::Scratch() : impl_(std::make_unique<Impl>()) {}
Classifier::Scratch::Scratch(Scratch&&) noexcept = default;
Classifier::Scratch& Classifier::Scratch::operator=(Scratch&&) noexcept = default;
Classifier::Scratch::~Scratch() = default;

Classifier::Classifier(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Classifier::~Classifier() = default;

Result<std::shared_ptr<const Classifier>> Classifier::Load(const std::filesystem::path& path) {
  VALENCE_TRY(const MappedFile file, MappedFile::Open(path));
  std::shared_ptr<const Classifier> classifier;
  Status loaded = WhileVerifying(file.bytes(), {}, [&](ModelBundle bundle) -> Status {
    VALENCE_TRY(classifier, Make(std::move(bundle)));
    return Ok();
  });
  if (!loaded) return std::move(loaded).error().With(path.string());
  return classifier;
}

Result<std::shared_ptr<const Classifier>> Classifier::Make(ModelBundle bundle) {
  VALENCE_RETURN_IF_ERROR(CheckBundle(bundle));
  auto impl = std::make_unique<Impl>();
  impl->bundle = std::move(bundle);
  if (impl->bundle.digest.empty()) impl->bundle.digest = TensorDigest(impl->bundle);
  impl->version = "sha256:" + impl->bundle.digest.substr(0, 12);
  if (HasWordVocabulary(impl->bundle.vectorizer.config)) {
    impl->trie = VocabularyTrie::Build(impl->bundle);
    auto compiled = CompiledScorer::Compile(impl->bundle, *impl->trie);
    if (compiled) impl->compiled.emplace(*std::move(compiled));
  }
  VALENCE_TRY(PlainScorer plain, PlainScorer::Make(impl->bundle, impl->trie ? &*impl->trie : nullptr));
  impl->plain.emplace(std::move(plain));
  if (!impl->compiled) impl->plain->Prepare();
  const std::shared_ptr<const Classifier> classifier(new Classifier(std::move(impl)));
  VALENCE_RETURN_IF_ERROR(CheckGoldenTexts(*classifier));
  return classifier;
}

void Classifier::Predict(std::string_view text, Scratch* scratch, Prediction* out) const {
  if (!impl_->compiled) return PredictPlain(text, out);
  impl_->compiled->Score(text, scratch->impl_.get(), out);
  out->attributions.clear();
  Decide(impl_->bundle.linear, out);
}

void Classifier::Explain(std::string_view text, Scratch* scratch, Prediction* out, std::size_t limit) const {
  if (!impl_->compiled) {
    PredictPlain(text, out);
    impl_->plain->Attribute(text, out->explained_row, out);
    return KeepWeightiest(limit, &out->attributions);
  }
  impl_->compiled->ScoreAndRemember(text, scratch->impl_.get(), out);
  Decide(impl_->bundle.linear, out);
  impl_->compiled->Attribute(out->explained_row, limit, scratch->impl_.get(), out);
}

void Classifier::PredictPlain(std::string_view text, Prediction* out) const {
  impl_->plain->Score(text, out);
  out->attributions.clear();
  Decide(impl_->bundle.linear, out);
}

const std::vector<std::string>& Classifier::labels() const { return impl_->bundle.labels; }

std::int32_t Classifier::Column(const Attribution& attribution) const {
  return impl_->compiled ? impl_->compiled->ColumnOf(attribution.feature)
                         : static_cast<std::int32_t>(attribution.feature);
}

std::string_view Classifier::Term(std::int32_t column) const {
  const features::Vocabulary& vocabulary = impl_->bundle.vectorizer.vocabulary;
  return column < vocabulary.size() ? vocabulary.Term(column) : std::string_view();
}

double Classifier::Weight(std::int32_t row, std::int32_t column) const {
  const model::LinearModel& linear = impl_->bundle.linear;
  return linear.weights[static_cast<std::size_t>(row * linear.features + column)];
}

double Classifier::Intercept(std::int32_t row) const {
  return impl_->bundle.linear.intercepts[static_cast<std::size_t>(row)];
}

std::int64_t Classifier::features() const { return impl_->bundle.linear.features; }
const std::string& Classifier::version() const { return impl_->version; }
const ModelBundle& Classifier::bundle() const { return impl_->bundle; }
bool Classifier::compiled() const { return impl_->compiled.has_value(); }

}  // namespace valence::classifier
