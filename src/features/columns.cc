// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "ngrams.h"
#include "valence/base/check.h"

namespace valence::features::internal {
namespace {

// The n-gram of a node as its tokens.
std::vector<Id> TokensOf(const NgramTrie& trie, Id node) {
  std::vector<Id> tokens;
  for (; !trie.IsRoot(node); node = ParentOf(trie.KeyOf(node))) tokens.push_back(WordOf(trie.KeyOf(node)));
  tokens.push_back(node);
  std::reverse(tokens.begin(), tokens.end());
  return tokens;
}

void AppendTerm(const Words& words, std::string_view separator, const std::vector<Id>& tokens, std::string* bytes) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) *bytes += separator;
    *bytes += words.Word(tokens[i]);
  }
}

// 1 for each node that becomes a column.
std::vector<std::uint8_t> SelectFeatures(const Analyzer& analyzer, const Words& words, double max_documents,
                                         const LearnedNgrams& ngrams) {
  const NgramTrie& trie = ngrams.trie;
  std::vector<std::uint8_t> selected(trie.size());
  std::vector<std::uint8_t> length(trie.size(), 1);
  std::vector<std::uint8_t> from_space(trie.size());  // the n-gram begins with a space
  for (Id id = 0; id < trie.size(); ++id) {
    bool to_space = false;
    if (trie.IsRoot(id)) {
      from_space[id] = words.Word(id) == Analyzer::Space();
    } else {
      const Id parent = ParentOf(trie.KeyOf(id));
      length[id] = static_cast<std::uint8_t>(length[parent] + 1);
      from_space[id] = from_space[parent];
      to_space = words.Word(WordOf(trie.KeyOf(id))) == Analyzer::Space();
    }
    selected[id] =
        ngrams.document_frequency[id] <= max_documents && analyzer.Emits(length[id], from_space[id] != 0 && to_space);
  }
  return selected;
}

// A walk of the trie in pre-order meets the terms in ascending order, if nothing sorts below the separator: then
// sibling terms differ first in their last tokens, whose numbers ascend with their bytes, and a term comes before
// those it is a prefix of. Sizes of subtrees give each node its place without walking.
std::vector<Id> InPreOrder(const NgramTrie& trie, const std::vector<std::uint8_t>& selected) {
  std::vector<std::uint32_t> subtree(selected.begin(), selected.end());
  for (Id id = static_cast<Id>(trie.size()); id-- > trie.roots();) subtree[ParentOf(trie.KeyOf(id))] += subtree[id];

  std::vector<Id> order(static_cast<std::size_t>(std::accumulate(selected.begin(), selected.end(), std::size_t{0})));
  std::vector<std::uint32_t> next(trie.size());  // place of the next node below this one
  std::uint32_t next_root = 0;
  for (Id id = 0; id < trie.size(); ++id) {
    std::uint32_t& from = trie.IsRoot(id) ? next_root : next[ParentOf(trie.KeyOf(id))];
    if (selected[id] != 0) order[from] = id;
    next[id] = from + selected[id];
    from += subtree[id];
  }
  return order;
}

// With token_pattern \S+, words may hold control characters that sort below the space.
bool AllSortAboveSeparator(const Analyzer& analyzer, const Words& words) {
  if (analyzer.separator().empty()) return true;
  return std::none_of(words.bytes.begin(), words.bytes.end(), [](char c) { return c >= 0 && c <= ' '; });
}

std::vector<Id> SortedByTerm(const Analyzer& analyzer, const Words& words, const NgramTrie& trie,
                             const std::vector<std::uint8_t>& selected) {
  std::vector<std::pair<std::string, Id>> terms;
  for (Id id = 0; id < trie.size(); ++id) {
    if (selected[id] == 0) continue;
    std::string term;
    AppendTerm(words, analyzer.separator(), TokensOf(trie, id), &term);
    terms.emplace_back(std::move(term), id);
  }
  std::sort(terms.begin(), terms.end());
  std::vector<Id> order;
  for (const auto& [term, id] : terms) order.push_back(id);
  return order;
}

Vocabulary CollectTerms(const Analyzer& analyzer, const Words& words, const NgramTrie& trie,
                        const std::vector<Id>& order) {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  offsets.reserve(order.size() + 1);
  for (const Id id : order) {
    AppendTerm(words, analyzer.separator(), TokensOf(trie, id), &bytes);
    offsets.push_back(bytes.size());
  }
  auto vocabulary = Vocabulary::Make(std::move(bytes), std::move(offsets));
  VALENCE_CHECK(vocabulary.has_value(), "learned terms are distinct");
  return std::move(vocabulary).value();
}

}  // namespace

Vocabulary AssignColumns(const Analyzer& analyzer, const Words& words, double max_documents, LearnedNgrams* ngrams) {
  NgramTrie& trie = ngrams->trie;
  const std::vector<std::uint8_t> selected = SelectFeatures(analyzer, words, max_documents, *ngrams);
  const std::vector<Id> order = AllSortAboveSeparator(analyzer, words) ? InPreOrder(trie, selected)
                                                                       : SortedByTerm(analyzer, words, trie, selected);
  for (std::size_t column = 0; column < order.size(); ++column) {
    trie.SetColumn(order[column], static_cast<std::int32_t>(column));
  }
  return CollectTerms(analyzer, words, trie, order);
}

}  // namespace valence::features::internal
