// SPDX-License-Identifier: Apache-2.0
#include "plain_scorer.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "valence/base/check.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {

Result<PlainScorer> PlainScorer::Make(const ModelBundle& bundle, const VocabularyTrie* trie) {
  const features::VectorizerConfig& config = bundle.vectorizer.config;
  VALENCE_TRY(auto preprocessor, text::Preprocessor::Make(bundle.preprocess_steps));
  std::vector<std::string> steps = bundle.preprocess_steps;
  if (config.lowercase) steps.emplace_back("lowercase");
  VALENCE_TRY(auto to_tokens, text::Preprocessor::Make(steps));
  // The configuration alone: what else Vectorizer::Make checks, CheckBundle has.
  VALENCE_RETURN_IF_ERROR(features::Vectorizer::Make({config, {}, {}}));
  VALENCE_TRY(const auto pattern, text::TokenPattern::Parse(config.token_pattern));
  return PlainScorer(bundle, trie, std::move(preprocessor), std::move(to_tokens), pattern);
}

PlainScorer::PlainScorer(const ModelBundle& bundle, const VocabularyTrie* trie, text::Preprocessor preprocessor,
                         text::Preprocessor to_tokens, text::TokenPattern pattern)
    : bundle_(bundle),
      trie_(trie),
      preprocessor_(std::move(preprocessor)),
      to_tokens_(std::move(to_tokens)),
      pattern_(pattern),
      lazy_(std::make_unique<Lazy>()) {}

void PlainScorer::Prepare() const { vectorizer(); }

const features::Vectorizer& PlainScorer::vectorizer() const {
  std::call_once(lazy_->once, [this] {
    auto made = features::Vectorizer::Make(bundle_.vectorizer);
    VALENCE_CHECK(made.has_value(), "a vectoriser was checked, yet cannot be made");
    lazy_->vectorizer.emplace(*std::move(made));
  });
  return *lazy_->vectorizer;
}

void PlainScorer::Score(std::string_view text, Prediction* out) const {
  const std::string processed = preprocessor_.Apply(text);
  const std::string_view document = processed;
  const linalg::CsrMatrix row = vectorizer().Transform(std::span(&document, 1));
  out->scores = model::Scores(bundle_.linear, row);
  CountTokens(text, out);
}

void PlainScorer::CountTokens(std::string_view text, Prediction* out) const {
  const std::string processed = to_tokens_.Apply(text);
  std::vector<std::string_view> tokens;
  pattern_.FindAll(processed, &tokens);
  out->tokens = static_cast<std::uint32_t>(tokens.size());
  out->known_tokens = out->tokens;
  if (trie_ == nullptr) return;
  const auto known = [this](std::string_view t) { return trie_->tokens.Find(t, text::HashToken(t)) != kUnknown; };
  out->known_tokens = static_cast<std::uint32_t>(std::count_if(tokens.begin(), tokens.end(), known));
}

void PlainScorer::Attribute(std::string_view text, std::int32_t row, Prediction* out) const {
  const text::AlignedText aligned = preprocessor_.ApplyAligned(text);
  const std::string_view document = aligned.bytes;
  const linalg::CsrMatrix matrix = vectorizer().Transform(std::span(&document, 1));
  const auto columns = matrix.RowIndices(0);
  const auto place = [&columns](std::int32_t column) {
    return static_cast<std::size_t>(std::lower_bound(columns.begin(), columns.end(), column) - columns.begin());
  };
  const features::Vocabulary& vocabulary = bundle_.vectorizer.vocabulary;
  const auto found = vectorizer().FindOccurrences(document);
  std::vector<double> counts(columns.size());
  for (const auto& occurrence : found) ++counts[place(occurrence.column)];
  const std::size_t first_weight = static_cast<std::size_t>(row) * static_cast<std::size_t>(bundle_.linear.features);
  out->attributions.clear();
  out->terms.clear();
  for (const auto& [column, begin, end] : found) {
    const std::size_t at = place(column);
    const double weight = bundle_.linear.weights[first_weight + static_cast<std::size_t>(column)];
    const std::string_view term = vocabulary.size() == 0 ? std::string_view() : vocabulary.Term(column);
    out->attributions.push_back({aligned.spans[begin].begin, aligned.spans[end - 1].end,
                                 static_cast<std::uint32_t>(column), weight * matrix.RowValues(0)[at] / counts[at],
                                 out->terms.size(), static_cast<std::uint32_t>(term.size())});
    out->terms.append(term);
  }
}

}  // namespace valence::classifier
