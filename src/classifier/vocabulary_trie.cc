// SPDX-License-Identifier: Apache-2.0
#include "vocabulary_trie.h"

#include <algorithm>
#include <array>

#include "valence/base/check.h"
#include "valence/linalg/parallel.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kChunks = 16;
constexpr std::size_t kPrefetchAhead = 16;
constexpr std::size_t kMaxLength = 255;  // the configuration's limit is 64

// Calls visit(token) for each piece of `term` between spaces.
template <class Visit>
void ForEachToken(std::string_view term, Visit visit) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term[i] != ' ') continue;
    visit(term.substr(begin, i - begin));
    begin = i + 1;
  }
  visit(term.substr(begin));
}

class Builder {
 public:
  explicit Builder(const ModelBundle& bundle)
      : bundle_(bundle),
        terms_(static_cast<std::size_t>(bundle.vectorizer.vocabulary.size())),
        min_tokens_(static_cast<std::size_t>(bundle.vectorizer.config.ngram_range.first)),
        max_tokens_(static_cast<std::size_t>(bundle.vectorizer.config.ngram_range.second)),
        rows_(static_cast<std::size_t>(bundle.linear.rows())) {}

  VocabularyTrie Build() {
    MeasureTerms();
    NumberFeatures();
    trie_.tokens = TokenTable(unigrams_);
    InsertUnigrams();
    ResolveTokens();
    InsertMissingTokens();
    ChooseTables();
    FillCells();
    if (trie_.has_bigram_table) {
      FillBigramTable();
    } else {
      InsertBigrams();
    }
    for (std::size_t n = 3; n <= longest_; ++n) InsertNgrams(n);
    return std::move(trie_);
  }

 private:
  std::string_view Term(std::size_t i) const {
    return bundle_.vectorizer.vocabulary.Term(static_cast<std::int64_t>(i));
  }

  // lengths_[i]: tokens in term i, or 0 for a term no document can have. begins_[i]: its first in tokens_.
  void MeasureTerms() {
    lengths_ = BigArray<std::uint8_t>(terms_);
    linalg::ParallelFor(terms_, kChunks, [this](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) lengths_[i] = MeasureTerm(Term(i));
    });
    begins_ = BigArray<std::size_t>(terms_ + 1);
    for (std::size_t i = 0; i < terms_; ++i) {
      longest_ = std::max<std::size_t>(longest_, lengths_[i]);
      if (lengths_[i] == 1) ++unigrams_;
      if (lengths_[i] == 2) ++bigrams_;
      begins_[i + 1] = begins_[i] + (lengths_[i] > 1 ? lengths_[i] : 0);
    }
  }

  std::uint8_t MeasureTerm(std::string_view term) const {
    std::size_t count = 0;
    bool spelled = true;
    ForEachToken(term, [&](std::string_view token) {
      ++count;
      spelled = spelled && !token.empty();
    });
    return spelled && count >= min_tokens_ && count <= max_tokens_ && count <= kMaxLength
               ? static_cast<std::uint8_t>(count)
               : std::uint8_t{0};
  }

  // Unigrams first, so that their cells, which every text needs, lie close together.
  void NumberFeatures() {
    nodes_ = BigArray<Node>(terms_);
    Node unigram = 0;
    auto longer = static_cast<Node>(unigrams_);
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] == 0) continue;
      nodes_[i] = lengths_[i] == 1 ? unigram++ : longer++;
    }
    trie_.features = longer;
    next_internal_ = longer;
    trie_.columns = BigArray<Node>(longer);
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] != 0) trie_.columns[nodes_[i]] = static_cast<Node>(i);
    }
  }

  void InsertUnigrams() {
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] == 1) trie_.tokens.Insert(Term(i), text::HashToken(Term(i)), nodes_[i]);
    }
  }

  // tokens_: the tokens of all longer n-grams, kUnknown where one is no unigram feature.
  void ResolveTokens() {
    tokens_ = BigArray<Node>(begins_[terms_]);
    linalg::ParallelFor(terms_, kChunks, [this](std::size_t, std::size_t begin, std::size_t end) {
      std::array<PendingToken, 64> pending;
      std::size_t size = 0;
      const auto flush = [&] {
        for (std::size_t k = 0; k < size; ++k) {
          tokens_[pending[k].at] = trie_.tokens.Find(pending[k].token, pending[k].hash);
        }
        size = 0;
      };
      std::string_view last;  // terms ascend, so most begin with the word that the one before began with
      Node last_node = kUnknown;
      for (std::size_t i = begin; i < end; ++i) {
        if (lengths_[i] < 2) continue;
        std::size_t at = begins_[i];
        ForEachToken(Term(i), [&](std::string_view token) {
          if (at == begins_[i]) {
            if (token != last) last_node = trie_.tokens.Find(token, text::HashToken(token));
            last = token;
            tokens_[at++] = last_node;
            return;
          }
          pending[size] = {token, text::HashToken(token), at++};
          trie_.tokens.Prefetch(pending[size].hash);
          if (++size == pending.size()) flush();
        });
      }
      flush();
    });
  }

  void InsertMissingTokens() {
    const auto missing =
        static_cast<std::size_t>(std::count(tokens_.data(), tokens_.data() + tokens_.size(), kUnknown));
    if (missing == 0) return;
    trie_.tokens = TokenTable(unigrams_ + missing);
    InsertUnigrams();
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] < 2) continue;
      std::size_t at = begins_[i];
      ForEachToken(Term(i), [&](std::string_view token) {
        Node& node = tokens_[at++];
        if (node == kUnknown) node = InternalIfNew(trie_.tokens.Insert(token, text::HashToken(token), next_internal_));
      });
    }
  }

  // Takes the next internal number if an insertion has used it.
  Node InternalIfNew(Node node) {
    if (node == next_internal_) VALENCE_CHECK(++next_internal_ < kMaxNode, "more n-grams than 32 bits count");
    return node;
  }

  void ChooseTables() {
    trie_.max_tokens = max_tokens_;
    trie_.doubles_per_cell = rows_ + 1;
    const std::size_t inner = longest_ > 2 ? begins_[terms_] : 0;  // every prefix might be one of its own
    trie_.has_bigram_table =
        rows_ == 1 && bigrams_ + inner < BigramTable::kMaxCapacity && next_internal_ <= BigramTable::kMaxToken;
    const std::size_t longer = trie_.features - unigrams_ - bigrams_;
    if (trie_.has_bigram_table) trie_.bigrams = BigramTable(bigrams_ + inner);
    trie_.ngrams = NgramTable(trie_.has_bigram_table ? longer + inner : longer + inner + bigrams_);
  }

  std::array<double, 2> CellOfOneRow(std::size_t term) const {
    const auto& weighting = bundle_.vectorizer.weighting;
    return {weighting.empty() ? 1.0 : weighting[term], bundle_.linear.weights[term]};
  }

  void FillCells() {
    const auto& weighting = bundle_.vectorizer.weighting;
    const auto columns = static_cast<std::size_t>(bundle_.linear.features);
    const bool unigrams_only = trie_.has_bigram_table && longest_ <= 2;
    const std::size_t nodes = unigrams_only ? unigrams_ : trie_.features;
    trie_.cells = BigArray<double>(nodes * (rows_ + 1));
    linalg::ParallelFor(nodes, kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t node = begin; node < end; ++node) {
        const std::size_t column = trie_.columns[node];
        double* cell = trie_.cells.data() + node * (rows_ + 1);
        cell[0] = weighting.empty() ? 1.0 : weighting[column];
        for (std::size_t row = 0; row < rows_; ++row) cell[row + 1] = bundle_.linear.weights[row * columns + column];
      }
    });
  }

  Node Token(std::size_t term, std::size_t k) const { return tokens_[begins_[term] + k]; }

  void FillBigramTable() {
    BigArray<std::uint32_t> bigram_terms(bigrams_);
    std::size_t count = 0;
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] == 2) bigram_terms[count++] = static_cast<std::uint32_t>(i);
    }
    trie_.bigrams.Fill(count, [&](std::size_t i) -> BigramTable::Bigram {
      const std::size_t term = bigram_terms[i];
      return {Token(term, 0), Token(term, 1), nodes_[term], CellOfOneRow(term)};
    });
  }

  void InsertBigrams() {
    const auto key = [this](std::size_t term) { return NgramTable::Key(Token(term, 0), Token(term, 1)); };
    for (std::size_t i = 0; i < terms_; ++i) {
      const std::size_t later = i + kPrefetchAhead;
      if (later < terms_ && lengths_[later] == 2) trie_.ngrams.Prefetch(key(later));
      if (lengths_[i] == 2) trie_.ngrams.Insert(key(i), nodes_[i]);
    }
  }

  // Shorter terms are all in, so a prefix that is a feature already has its node.
  void InsertNgrams(std::size_t length) {
    for (std::size_t i = 0; i < terms_; ++i) {
      if (lengths_[i] != length) continue;
      Node prefix = InsertPrefixBigram(Token(i, 0), Token(i, 1));
      for (std::size_t k = 2; k + 1 < length; ++k) {
        prefix = InternalIfNew(trie_.ngrams.Insert(NgramTable::Key(prefix, Token(i, k)), next_internal_));
      }
      trie_.ngrams.Insert(NgramTable::Key(prefix, Token(i, length - 1)), nodes_[i]);
    }
  }

  Node InsertPrefixBigram(Node first, Node second) {
    if (trie_.has_bigram_table) return InternalIfNew(trie_.bigrams.Insert({first, second, next_internal_, {}}));
    return InternalIfNew(trie_.ngrams.Insert(NgramTable::Key(first, second), next_internal_));
  }

  // A token whose line of the table is on its way to the cache.
  struct PendingToken {
    std::string_view token;
    std::uint64_t hash = 0;
    std::size_t at = 0;
  };

  const ModelBundle& bundle_;
  std::size_t terms_;
  std::size_t min_tokens_;
  std::size_t max_tokens_;
  std::size_t rows_;
  std::size_t longest_ = 0;
  std::size_t unigrams_ = 0;
  std::size_t bigrams_ = 0;
  Node next_internal_ = 0;
  BigArray<std::uint8_t> lengths_;
  BigArray<std::size_t> begins_;
  BigArray<Node> nodes_;  // by term
  BigArray<Node> tokens_;
  VocabularyTrie trie_;
};

}  // namespace

VocabularyTrie VocabularyTrie::Build(const ModelBundle& bundle) { return Builder(bundle).Build(); }

}  // namespace valence::classifier
