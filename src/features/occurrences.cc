// SPDX-License-Identifier: Apache-2.0
#include "occurrences.h"

#include <algorithm>
#include <optional>

#include "hashing.h"
#include "row_counter.h"
#include "valence/base/utf8.h"
#include "valence/text/unicode.h"

namespace valence::features::internal {
namespace {

using Occurrence = Vectorizer::Occurrence;

struct ByteRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

std::size_t LoweredSize(char32_t c) {
  if (c == text::kCapitalIWithDot) return text::kLowerIWithDot.size();
  std::string lowered;
  utf8::Append(text::LowerChar(c), &lowered);  // both forms of sigma have the same size
  return lowered.size();
}

// A document as the analyzer sees it, with the original bytes of each of its bytes.
class SourceMap {
 public:
  SourceMap(std::string_view document, bool lowercase) {
    if (!lowercase) {
      text_ = document;
      return;
    }
    text::AppendLower(document, &text_);
    for (std::uint32_t i = 0; i < document.size();) {
      const utf8::Decoded decoded = utf8::Decode(document.data() + i);
      source_.insert(source_.end(), LoweredSize(decoded.code_point), {i, i + decoded.length});
      i += decoded.length;
    }
  }

  const std::string& text() const { return text_; }

  ByteRange ToDocument(ByteRange range) const {
    if (source_.empty()) return range;
    if (range.begin == range.end) {
      const std::uint32_t at = range.begin < source_.size() ? source_[range.begin].begin : source_.back().end;
      return {at, at};
    }
    return {source_[range.begin].begin, source_[range.end - 1].end};
  }

 private:
  std::string text_;
  std::vector<ByteRange> source_;  // of each byte of text_; empty: the text is the document
};

// The bytes of `text` of each token. A space of the analyzer's own stands for the white space between its neighbours,
// or for nothing at a word's border.
std::vector<ByteRange> LocateTokens(const Analyzer& analyzer, std::string_view text,
                                    const std::vector<std::string_view>& tokens) {
  const auto is_made_up = [](std::string_view token) {
    return token.empty() || token.data() == Analyzer::Space().data();
  };
  std::vector<ByteRange> ranges(tokens.size());
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_made_up(tokens[i])) {
      ranges[i].begin = static_cast<std::uint32_t>(tokens[i].data() - text.data());
      ranges[i].end = ranges[i].begin + static_cast<std::uint32_t>(tokens[i].size());
    } else {
      ranges[i] = {at, at};
    }
    at = ranges[i].end;
  }
  std::uint32_t next = static_cast<std::uint32_t>(text.size());
  for (std::size_t i = tokens.size(); i-- > 0;) {
    if (is_made_up(tokens[i])) {
      const bool before_word = i + 1 < tokens.size() && !tokens[i + 1].empty();
      if (!analyzer.within_words()) ranges[i].end = next;
      if (analyzer.within_words() && before_word) ranges[i] = {next, next};
    }
    next = ranges[i].begin;
  }
  return ranges;
}

// A document's tokens and where they are.
struct LocatedTokens {
  LocatedTokens(const Analyzer& analyzer, std::string_view document) : source(document, analyzer.lowercase()) {
    analyzer.TokenizeLowered(source.text(), &tokens);
    ranges = LocateTokens(analyzer, source.text(), tokens);
  }

  // The n-gram of tokens [first, last].
  Occurrence At(std::int32_t column, std::size_t first, std::size_t last) const {
    const ByteRange range = source.ToDocument({ranges[first].begin, ranges[last].end});
    return {column, range.begin, range.end};
  }

  SourceMap source;
  std::vector<std::string_view> tokens;
  std::vector<ByteRange> ranges;
};

void SortByPlace(std::vector<Occurrence>* occurrences) {
  std::stable_sort(occurrences->begin(), occurrences->end(), [](const Occurrence& a, const Occurrence& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
}

}  // namespace

std::vector<Occurrence> FindIndexedOccurrences(const Analyzer& analyzer, const VocabularyIndex& index,
                                               std::string_view document) {
  const LocatedTokens located(analyzer, document);
  std::vector<Id> ids;
  LookUpTokens(index.tokens(), located.tokens, &ids);

  std::vector<Occurrence> found;
  const auto add = [&](std::int32_t column, std::size_t first, std::size_t last) {
    if (column != NgramTrie::kNoColumn) found.push_back(located.At(column, first, last));
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] != kNoId) add(index.trie().RootColumn(ids[i]), i, i);
  }
  std::vector<Id> prefixes = ids;
  for (std::size_t length = 2; length <= analyzer.max_length(); ++length) {
    ExtendNgrams(index.trie(), ids, length - 1, prefixes, prefixes,
                 [&](std::size_t i, NgramTrie::Child child) { add(child.column, i, i + length - 1); });
  }
  SortByPlace(&found);
  return found;
}

std::vector<Occurrence> FindHashedOccurrences(const Analyzer& analyzer, std::int64_t n_features,
                                              std::string_view document) {
  const LocatedTokens located(analyzer, document);
  std::vector<Occurrence> found;
  JoinedTokens joined;
  joined.ForEachTerm(analyzer, located.tokens, [&](std::size_t begin, std::size_t end, std::string_view term) {
    found.push_back(located.At(HashedColumn(MurmurHash3(term), n_features), begin, end - 1));
  });
  SortByPlace(&found);
  return found;
}

}  // namespace valence::features::internal
