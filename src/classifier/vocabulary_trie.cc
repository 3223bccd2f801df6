// SPDX-License-Identifier: Apache-2.0
#include "vocabulary_trie.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "valence/base/check.h"
#include "valence/linalg/parallel.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kChunks = 16;
constexpr std::size_t kPrefetchAhead = 16;

// Calls visit(token) for each piece of `term` between spaces.
template <class Visit>
void ForEachToken(std::string_view term, Visit visit) {
  for (std::size_t begin = 0; begin <= term.size();) {
    const std::size_t end = std::min(term.find(' ', begin), term.size());
    visit(term.substr(begin, end - begin));
    begin = end + 1;
  }
}

class Builder {
 public:
  explicit Builder(const features::FittedVectorizer& fitted)
      : vocabulary_(fitted.vocabulary),
        terms_(static_cast<std::size_t>(fitted.vocabulary.size())),
        min_tokens_(static_cast<std::size_t>(fitted.config.ngram_range.first)),
        max_tokens_(static_cast<std::size_t>(fitted.config.ngram_range.second)),
        next_internal_(static_cast<Node>(terms_)) {}

  VocabularyTrie Build() {
    MeasureTerms();
    VocabularyTrie trie{TokenTable(TokenBound()), NgramTable(EdgeBound()), min_tokens_, max_tokens_};
    InsertUnigrams(&trie.tokens);
    ResolveTokens(trie.tokens);
    InsertMissingTokens(&trie.tokens);
    InsertBigrams(&trie.ngrams);
    for (std::size_t n = 3; n <= longest_; ++n) InsertNgrams(n, &trie.ngrams);
    return trie;
  }

 private:
  std::string_view Term(std::size_t i) const { return vocabulary_.Term(static_cast<std::int64_t>(i)); }

  // lengths_[i]: tokens in term i, or 0 for a term no document can have. begins_[i]: its first in nodes_.
  void MeasureTerms() {
    lengths_.resize(terms_);
    linalg::ParallelFor(terms_, kChunks, [this](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) lengths_[i] = MeasureTerm(Term(i));
    });
    begins_.resize(terms_ + 1);
    for (std::size_t i = 0; i < terms_; ++i) {
      longest_ = std::max<std::size_t>(longest_, lengths_[i]);
      if (lengths_[i] == 1) ++unigrams_;
      begins_[i + 1] = begins_[i] + (lengths_[i] > 1 ? lengths_[i] : 0);
    }
  }

  std::uint32_t MeasureTerm(std::string_view term) const {
    std::size_t count = 0;
    bool spelled = true;
    ForEachToken(term, [&](std::string_view token) {
      ++count;
      spelled = spelled && !token.empty();
    });
    return spelled && count >= min_tokens_ && count <= max_tokens_ ? static_cast<std::uint32_t>(count) : 0;
  }

  // Upper bounds: every token of an n-gram might be new. Usually most are unigrams too, but that is not known yet, so
  // the token table starts from the unigrams and InsertMissingTokens grows it if it must.
  std::size_t TokenBound() const { return unigrams_; }
  std::size_t EdgeBound() const {
    const std::size_t ngrams = terms_ - static_cast<std::size_t>(std::count(lengths_.begin(), lengths_.end(), 0u));
    const std::size_t inner = longest_ > 2 ? begins_[terms_] : 0;
    return ngrams - unigrams_ + inner;
  }

  void InsertUnigrams(TokenTable* tokens) const {
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] == 1) tokens->Insert(Term(i), text::HashToken(Term(i)), static_cast<Node>(i));
    }
  }

  // nodes_: the tokens of all n-grams, kUnknown where a token is no unigram feature.
  void ResolveTokens(const TokenTable& tokens) {
    nodes_.resize(begins_[terms_]);
    linalg::ParallelFor(terms_, kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (lengths_[i] < 2) continue;
        std::size_t at = begins_[i];
        ForEachToken(Term(i),
                     [&](std::string_view token) { nodes_[at++] = tokens.Find(token, text::HashToken(token)); });
      }
    });
  }

  void InsertMissingTokens(TokenTable* tokens) {
    const auto missing = static_cast<std::size_t>(std::count(nodes_.begin(), nodes_.end(), kUnknown));
    if (missing == 0) return;
    TokenTable all(unigrams_ + missing);
    InsertUnigrams(&all);
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] < 2) continue;
      std::size_t at = begins_[i];
      ForEachToken(Term(i), [&](std::string_view token) {
        Node& node = nodes_[at++];
        if (node == kUnknown) node = InternalToken(token, &all);
      });
    }
    *tokens = std::move(all);
  }

  Node InternalToken(std::string_view token, TokenTable* tokens) {
    const Node node = *tokens->Insert(token, text::HashToken(token), next_internal_);
    if (node == next_internal_) NextInternal();
    return node;
  }

  void NextInternal() {
    VALENCE_CHECK(++next_internal_ < kMaxNode, "a vocabulary has more n-grams than 32 bits count");
  }

  std::uint64_t BigramKey(std::size_t term) const {
    return NgramTable::Key(nodes_[begins_[term]], nodes_[begins_[term] + 1]);
  }

  void InsertBigrams(NgramTable* ngrams) const {
    for (std::size_t i = 0; i < terms_; ++i) {
      const std::size_t later = i + kPrefetchAhead;
      if (later < terms_ && lengths_[later] == 2) ngrams->Prefetch(BigramKey(later));
      if (lengths_[i] == 2) ngrams->Insert(BigramKey(i), static_cast<Node>(i));
    }
  }

  // Shorter terms are all in, so that a prefix that is a feature already has its column for a node.
  void InsertNgrams(std::size_t length, NgramTable* ngrams) {
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] != length) continue;
      const Node* token = nodes_.data() + begins_[i];
      Node prefix = token[0];
      for (std::size_t k = 1; k + 1 < length; ++k) {
        prefix = ngrams->Insert(NgramTable::Key(prefix, token[k]), next_internal_);
        if (prefix == next_internal_) NextInternal();
      }
      ngrams->Insert(NgramTable::Key(prefix, token[length - 1]), static_cast<Node>(i));
    }
  }

  const features::Vocabulary& vocabulary_;
  std::size_t terms_;
  std::size_t min_tokens_;
  std::size_t max_tokens_;
  std::size_t longest_ = 0;
  std::size_t unigrams_ = 0;
  Node next_internal_;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::size_t> begins_;
  std::vector<Node> nodes_;
};

}  // namespace

VocabularyTrie VocabularyTrie::Build(const features::FittedVectorizer& fitted) { return Builder(fitted).Build(); }

}  // namespace valence::classifier
