// SPDX-License-Identifier: Apache-2.0
#include "compiled_scorer.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace valence::classifier {
namespace {

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Whether text is lower case after `steps`, so that lowering it once more changes nothing. Only a character reference
// can bring capitals back (`&#65;`).
bool LeavesLowerCase(const std::vector<std::string>& steps) {
  const auto last_lower = std::find(steps.rbegin(), steps.rend(), "lowercase");
  if (last_lower == steps.rend()) return false;
  return std::find(steps.rbegin(), last_lower, "unescape_html") == last_lower;
}

std::vector<std::string> FusedSteps(const ModelBundle& bundle) {
  std::vector<std::string> steps = bundle.preprocess_steps;
  if (bundle.vectorizer.config.lowercase && !LeavesLowerCase(steps)) steps.emplace_back("lowercase");
  return steps;
}

}  // namespace

std::optional<CompiledScorer> CompiledScorer::Compile(const ModelBundle& bundle, const VocabularyTrie& trie) {
  const auto pattern = text::TokenPattern::Parse(bundle.vectorizer.config.token_pattern);
  if (!pattern) return std::nullopt;
  auto tokenizer = text::FusedTokenizer::Compile(FusedSteps(bundle), *pattern);
  if (!tokenizer) return std::nullopt;
  return CompiledScorer(*std::move(tokenizer), bundle, trie);
}

CompiledScorer::CompiledScorer(text::FusedTokenizer tokenizer, const ModelBundle& bundle, const VocabularyTrie& trie)
    : tokenizer_(std::move(tokenizer)),
      maps_identically_(tokenizer_.maps_identically()),
      trie_(trie),
      rows_(static_cast<std::size_t>(bundle.linear.rows())),
      vocabulary_(bundle.vectorizer.vocabulary),
      term_frequency_(bundle.vectorizer.config),
      norm_(DocumentNorm::KindOf(bundle.vectorizer.config)),
      intercepts_(bundle.linear.intercepts),
      id_(NextId()) {
  if (!maps_identically_) {
    surface_ = trie.tokens.Remapped([this](std::string_view token) { return MapForTable(token); });
  }
}

Node CompiledScorer::MapForTable(std::string_view token) const {
  std::string bytes;
  std::vector<std::string_view> mapped;
  tokenizer_.MapToken(token, &bytes, &mapped);
  if (mapped.empty()) return kDropped;
  if (mapped.size() > 1) return kSeveral;
  return trie_.tokens.Find(mapped[0], text::HashToken(mapped[0]));
}

}  // namespace valence::classifier
