// SPDX-License-Identifier: Apache-2.0
#include "vocabulary_trie.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <vector>

#include "term_spaces.h"
#include "valence/base/check.h"
#include "valence/linalg/parallel.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kChunks = 16;
constexpr std::size_t kAhead = 64;  // tokens whose lines are fetched together
constexpr std::size_t kNgramsAhead = 16;
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
        bytes_end_(bundle.vectorizer.vocabulary.bytes().data() + bundle.vectorizer.vocabulary.bytes().size()),
        min_tokens_(static_cast<std::size_t>(bundle.vectorizer.config.ngram_range.first)),
        max_tokens_(static_cast<std::size_t>(bundle.vectorizer.config.ngram_range.second)),
        rows_(static_cast<std::size_t>(bundle.linear.rows())) {}

  VocabularyTrie Build() {
    MeasureTerms();
    NumberFeatures();
    InsertUnigrams();
    ResolveTokens();
    InsertMissingTokens();
    ChooseTables();
    FillCells();
    if (!trie_.has_bigram_table) InsertBigrams();
    for (std::size_t n = 3; n <= longest_; ++n) InsertNgrams(n);
    return std::move(trie_);
  }

 private:
  using Counts = std::array<Node, kMaxLength + 2>;  // by length

  std::string_view Term(std::size_t i) const {
    return bundle_.vectorizer.vocabulary.Term(static_cast<std::int64_t>(i));
  }
  std::string_view TermOf(Node feature) const { return Term(trie_.columns[feature]); }
  // Features of `length` tokens are first_[length] to first_[length + 1] - 1.
  std::size_t Count(std::size_t length) const { return first_[length + 1] - first_[length]; }
  // Whether 16 bytes from `p`, a place in the vocabulary, may be read.
  bool Has16(const char* p) const { return bytes_end_ - p >= 16; }

  // lengths_[i]: tokens in term i, or 0 for a term no document can have.
  void MeasureTerms() {
    lengths_ = BigArray<std::uint8_t>(terms_);
    linalg::ParallelFor(terms_, kChunks, [this](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        lengths_[i] = MeasureTerm(Term(i));
        ++counts_[chunk][lengths_[i]];
      }
    });
  }

  std::uint8_t MeasureTerm(std::string_view term) const {
    std::size_t count = 0;
    bool spelled = true;
    if (!term.empty() && term.size() <= 16 && Has16(term.data())) {
      const std::uint32_t spaces = SpacesIn16(term.data()) & ((1u << term.size()) - 1);
      for (std::uint32_t rest = spaces; rest != 0; rest &= rest - 1) ++count;  // few; popcount is a call on any x86-64
      ++count;
      spelled = ((spaces & (spaces << 1 | 1)) | spaces >> (term.size() - 1)) == 0;  // none after another or at an end
    } else {
      ForEachToken(term, [&](std::string_view token) {
        ++count;
        spelled = spelled && !token.empty();
      });
    }
    return spelled && count >= min_tokens_ && count <= max_tokens_ && count <= kMaxLength
               ? static_cast<std::uint8_t>(count)
               : std::uint8_t{0};
  }

  // By length, then by column: unigrams' cells, which every text needs, lie close together.
  void NumberFeatures() {
    Node next = 0;
    std::array<Counts, kChunks> starts;
    for (std::size_t length = 1; length <= kMaxLength; ++length) {
      first_[length] = next;
      for (std::size_t chunk = 0; chunk < kChunks; ++chunk) {
        starts[chunk][length] = next;
        next += counts_[chunk][length];
      }
      if (next > first_[length]) longest_ = length;
    }
    first_[kMaxLength + 1] = next;
    trie_.features = next;
    next_internal_ = next;
    trie_.columns = BigArray<Node>(next);
    linalg::ParallelFor(terms_, kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (lengths_[i] != 0) trie_.columns[starts[chunk][lengths_[i]]++] = static_cast<Node>(i);
      }
    });
    GatherFrequentUnigrams();
  }

  // Counting sort of the unigrams by idf, roughly: what most words of a text need is then in few pages and lines.
  void GatherFrequentUnigrams() {
    const std::span<Node> columns(trie_.columns.data(), Count(1));
    if (columns.empty() || bundle_.vectorizer.config.vectorizer != "tfidf") return;
    std::vector<double> factors;
    for (const Node column : columns) factors.push_back(FactorOf(column));
    const auto [least, greatest] = std::ranges::minmax(factors);
    constexpr std::size_t kClasses = 256;
    const double scale = (kClasses - 1) / std::max(greatest - least, 1e-9);
    const auto class_of = [&, from = least](double factor) {
      return static_cast<std::size_t>(std::min(kClasses - 1.0, (factor - from) * scale));  // also if that is no number
    };
    std::array<std::size_t, kClasses + 1> next{};
    for (const double factor : factors) ++next[class_of(factor) + 1];
    for (std::size_t k = 0; k < kClasses; ++k) next[k + 1] += next[k];
    const std::vector<Node> unsorted(columns.begin(), columns.end());
    for (std::size_t i = 0; i < unsorted.size(); ++i) columns[next[class_of(factors[i])]++] = unsorted[i];
  }

  void InsertUnigrams() {
    entries_.resize(Count(1));
    linalg::ParallelFor(Count(1), kChunks, [this](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto node = static_cast<Node>(i);
        entries_[i] = {TermOf(node), text::HashToken(TermOf(node)), node};
      }
    });
    trie_.tokens = TokenTable(entries_);
  }

  // tokens_: the tokens of all longer n-grams, kUnknown where one is no unigram feature.
  void ResolveTokens() {
    std::size_t size = 0;
    for (std::size_t n = 2; n <= longest_; ++n) {
      token_begins_[n] = size;
      size += n * Count(n);
    }
    tokens_ = BigArray<Node>(size);
    for (std::size_t n = 2; n <= longest_; ++n) {
      linalg::ParallelFor(Count(n), kChunks, [this, n](std::size_t, std::size_t begin, std::size_t end) {
        Resolver resolver(this);
        std::size_t at = token_begins_[n] + begin * n;
        for (std::size_t i = begin; i < end; ++i, at += n) {
          resolver.Resolve(TermOf(first_[n] + static_cast<Node>(i)), n, at);
        }
        resolver.Flush();
      });
    }
  }

  // Looks tokens up, several at a time: each would otherwise wait for its line of the table.
  class Resolver {
   public:
    explicit Resolver(Builder* builder) : builder_(*builder) {}

    // Sets builder.tokens_[at] and on to the `length` (two or more) tokens of `term`; perhaps not before Flush().
    void Resolve(std::string_view term, std::size_t length, std::size_t at) {
      const std::string_view first = term.substr(0, FirstSpace(term));
      // Terms ascend, so most begin with the word that the one before began with.
      if (first != last_) {
        last_ = first;
        last_node_ = Find(first, text::HashToken(first));
      }
      builder_.tokens_[at] = last_node_;
      term.remove_prefix(first.size() + 1);
      for (std::size_t k = 1; k + 1 < length; ++k) {
        const std::string_view token = term.substr(0, FirstSpace(term));
        Add(token, at + k);
        term.remove_prefix(token.size() + 1);
      }
      Add(term, at + length - 1);
    }

    void Flush() {
      for (std::size_t k = 0; k < size_; ++k) builder_.trie_.tokens.PrefetchSlot(pending_[k].hash);
      for (std::size_t k = 0; k < size_; ++k)
        builder_.tokens_[pending_[k].at] = Find(pending_[k].token, pending_[k].hash);
      size_ = 0;
    }

   private:
    struct Pending {
      std::string_view token;
      std::uint64_t hash;
      std::size_t at;
    };

    std::size_t FirstSpace(std::string_view term) const {
      if (builder_.Has16(term.data())) {
        const std::uint32_t spaces = SpacesIn16(term.data());
        if (spaces != 0) return static_cast<std::size_t>(std::countr_zero(spaces));
      }
      return term.find(' ');
    }

    Node Find(std::string_view token, std::uint64_t hash) const {
      const TokenTable& table = builder_.trie_.tokens;
      if (!builder_.Has16(token.data())) return table.Find(token, hash);
      return table.Find(LoadKey(token.data(), token.size()), token.data(), hash);
    }

    void Add(std::string_view token, std::size_t at) {
      pending_[size_] = {token, text::HashToken(token), at};
      builder_.trie_.tokens.PrefetchPlace(pending_[size_].hash);
      if (++size_ == kAhead) Flush();
    }

    Builder& builder_;
    std::string_view last_;
    Node last_node_ = kUnknown;
    std::array<Pending, kAhead> pending_;
    std::size_t size_ = 0;
  };

  void InsertMissingTokens() {
    if (std::find(tokens_.data(), tokens_.data() + tokens_.size(), kUnknown) == tokens_.data() + tokens_.size()) return;
    std::map<std::string_view, Node> missing;
    std::size_t at = 0;
    for (Node feature = first_[2]; feature < trie_.features; ++feature) {
      ForEachToken(TermOf(feature), [&](std::string_view token) {
        Node& node = tokens_[at++];
        if (node != kUnknown) return;
        const auto [place, is_new] = missing.emplace(token, next_internal_);
        node = InternalIfNew(place->second);
        if (is_new) entries_.push_back({token, text::HashToken(token), node});
      });
    }
    trie_.tokens = TokenTable(entries_);
  }

  // Takes the next internal number if an insertion has used it.
  Node InternalIfNew(Node node) {
    if (node == next_internal_) VALENCE_CHECK(++next_internal_ < kMaxNode, "more n-grams than 32 bits count");
    return node;
  }

  void ChooseTables() {
    trie_.max_tokens = max_tokens_;
    trie_.doubles_per_cell = rows_ + 1;
    trie_.has_bigram_table = rows_ == 1 && FillBigramTable();
    if (!trie_.has_bigram_table) trie_.bigrams = {};
    const std::size_t longer = trie_.features - first_[3];
    const std::size_t inner = longest_ > 2 ? tokens_.size() : 0;  // every prefix might be one of its own
    trie_.ngrams = NgramTable(trie_.has_bigram_table ? longer + inner : longer + inner + Count(2));
  }

  double FactorOf(std::size_t column) const {
    const auto& factors = bundle_.vectorizer.weighting;
    return factors.empty() ? 1.0 : factors[column];
  }

  void FillCells() {
    const auto columns = static_cast<std::size_t>(bundle_.linear.features);
    const bool unigrams_only = trie_.has_bigram_table && longest_ <= 2;
    const std::size_t nodes = unigrams_only ? Count(1) : trie_.features;
    trie_.cells = BigArray<double>(nodes * (rows_ + 1));
    linalg::ParallelFor(nodes, kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t node = begin; node < end; ++node) {
        const std::size_t column = trie_.columns[node];
        double* cell = trie_.cells.data() + node * (rows_ + 1);
        cell[0] = FactorOf(column);
        for (std::size_t row = 0; row < rows_; ++row) cell[row + 1] = bundle_.linear.weights[row * columns + column];
      }
    });
  }

  // The tokens of feature first_[length] + i.
  const Node* Tokens(std::size_t length, std::size_t i) const {
    return tokens_.data() + token_begins_[length] + i * length;
  }

  bool FillBigramTable() {
    if (tokens_.size() >= BigramTable::kMaxCapacity || next_internal_ > BigramTable::kMaxToken) return false;
    if (!trie_.bigrams.Fill(Count(2), [this](std::size_t i) { return FeatureBigram(i); })) return false;
    const std::vector<BigramTable::Bigram> prefixes = MissingPrefixes();
    return prefixes.empty() || trie_.bigrams.Fill(Count(2) + prefixes.size(), [&](std::size_t i) {
      return i < Count(2) ? FeatureBigram(i) : prefixes[i - Count(2)];
    });
  }

  BigramTable::Bigram FeatureBigram(std::size_t i) const {
    const Node node = first_[2] + static_cast<Node>(i);
    const Node* tokens = Tokens(2, i);
    const Node column = trie_.columns[node];
    return {tokens[0], tokens[1], node, {FactorOf(column), bundle_.linear.weights[column]}};
  }

  // The pairs that longer n-grams begin with and that are no features. Few: what begins a frequent n-gram is frequent.
  std::vector<BigramTable::Bigram> MissingPrefixes() {
    std::vector<BigramTable::Bigram> missing;
    NgramTable seen(longest_ > 2 ? trie_.features - first_[3] : 0);
    for (std::size_t n = 3; n <= longest_; ++n) {
      for (std::size_t i = 0; i < Count(n); ++i) {
        const Node* tokens = Tokens(n, i);
        if (trie_.bigrams.Find(tokens[0], tokens[1]).found) continue;
        const Node node = seen.Insert(NgramTable::Key(tokens[0], tokens[1]), next_internal_);
        if (node == next_internal_) missing.push_back({tokens[0], tokens[1], InternalIfNew(node), {}});
      }
    }
    return missing;
  }

  void InsertBigrams() {
    const auto key = [this](std::size_t i) { return NgramTable::Key(Tokens(2, i)[0], Tokens(2, i)[1]); };
    for (std::size_t i = 0; i < Count(2); ++i) {
      if (i + kNgramsAhead < Count(2)) trie_.ngrams.Prefetch(key(i + kNgramsAhead));
      trie_.ngrams.Insert(key(i), first_[2] + static_cast<Node>(i));
    }
  }

  // Shorter terms are all in, so a prefix that is a feature already has its node.
  void InsertNgrams(std::size_t length) {
    for (std::size_t i = 0; i < Count(length); ++i) {
      const Node* tokens = Tokens(length, i);
      Node prefix = PrefixBigram(tokens[0], tokens[1]);
      for (std::size_t k = 2; k + 1 < length; ++k) {
        prefix = InternalIfNew(trie_.ngrams.Insert(NgramTable::Key(prefix, tokens[k]), next_internal_));
      }
      trie_.ngrams.Insert(NgramTable::Key(prefix, tokens[length - 1]), first_[length] + static_cast<Node>(i));
    }
  }

  Node PrefixBigram(Node first, Node second) {
    if (trie_.has_bigram_table) return trie_.bigrams.NodeAt(trie_.bigrams.Find(first, second).place);
    return InternalIfNew(trie_.ngrams.Insert(NgramTable::Key(first, second), next_internal_));
  }

  const ModelBundle& bundle_;
  std::size_t terms_;
  const char* bytes_end_;
  std::size_t min_tokens_;
  std::size_t max_tokens_;
  std::size_t rows_;
  std::size_t longest_ = 0;
  Node next_internal_ = 0;
  std::array<Counts, kChunks> counts_{};                    // of terms, by chunk
  Counts first_{};                                          // node, by length
  std::array<std::size_t, kMaxLength + 1> token_begins_{};  // in tokens_, by length
  BigArray<std::uint8_t> lengths_;
  std::vector<TokenTable::Entry> entries_;
  BigArray<Node> tokens_;  // by feature
  VocabularyTrie trie_;
};

}  // namespace

VocabularyTrie VocabularyTrie::Build(const ModelBundle& bundle) { return Builder(bundle).Build(); }

}  // namespace valence::classifier
