// SPDX-License-Identifier: Apache-2.0
#include "vocabulary_index.h"

#include <algorithm>

#include "row_counter.h"

namespace valence::features::internal {
namespace {

// A term that documents can have, as token numbers.
struct SplitTerms {
  std::vector<Id> ids;
  std::vector<std::size_t> ends;  // of each column's term in ids; an empty term is one that no document has
};

bool IsMadeBy(const Analyzer& analyzer, const std::vector<std::string_view>& tokens) {
  const auto is_empty = [](std::string_view token) { return token.empty(); };
  if (tokens.empty() || std::any_of(tokens.begin(), tokens.end(), is_empty)) return false;
  return analyzer.Emits(tokens.size(), tokens.front() == Analyzer::Space() && tokens.back() == Analyzer::Space());
}

SplitTerms Split(const Analyzer& analyzer, const Vocabulary& vocabulary, TokenTable* table) {
  SplitTerms split;
  std::vector<std::string_view> tokens;
  for (std::int64_t column = 0; column < vocabulary.size(); ++column) {
    analyzer.SplitTerm(vocabulary.Term(column), &tokens);
    if (IsMadeBy(analyzer, tokens)) {
      for (const std::string_view token : tokens) split.ids.push_back(table->Intern(token));
    }
    split.ends.push_back(split.ids.size());
  }
  return split;
}

NgramTrie MakeTrie(const SplitTerms& terms, std::size_t roots) {
  NgramTrie trie(roots);
  trie.Reserve(terms.ends.size());
  std::size_t i = 0;
  for (std::size_t column = 0; column < terms.ends.size(); ++column) {
    if (i == terms.ends[column]) continue;
    Id node = terms.ids[i++];
    for (; i < terms.ends[column]; ++i) node = trie.FindOrAdd(MakeKey(node, terms.ids[i]));
    trie.SetColumn(node, static_cast<std::int32_t>(column));
  }
  return trie;
}

}  // namespace

VocabularyIndex::VocabularyIndex(const Analyzer& analyzer, const Vocabulary& vocabulary)
    : cols_(static_cast<std::size_t>(vocabulary.size())), trie_(0) {
  const SplitTerms terms = Split(analyzer, vocabulary, &tokens_);
  trie_ = MakeTrie(terms, tokens_.size());
}

CountRows VocabularyIndex::Count(const Analyzer& analyzer, std::span<const std::string_view> documents) const {
  return MakeCountRows(documents.size(), cols_, [&] {
    return [&, counter = RowCounter(trie_, analyzer.max_length(), cols_), lowered = std::string(),
            tokens = std::vector<std::string_view>(),
            ids = std::vector<Id>()](std::size_t row, std::vector<internal::Count>* counts) mutable {
      analyzer.Tokenize(documents[row], &lowered, &tokens);
      LookUpTokens(tokens_, tokens, &ids);
      counter.AppendCounts(ids, counts);
    };
  });
}

void LookUpTokens(const TokenTable& table, const std::vector<std::string_view>& tokens, std::vector<Id>* ids) {
  ids->clear();
  ForEachHashed(table, tokens, [&](std::string_view token, std::uint64_t hash) {
    ids->push_back(token.empty() ? kNoId : table.Find(token, hash));
  });
}

}  // namespace valence::features::internal
