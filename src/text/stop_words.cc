// SPDX-License-Identifier: Apache-2.0
#include "valence/text/stop_words.h"

#include <array>
#include <cstddef>

#include "valence/text/token_hash.h"

namespace valence::text {
namespace {

// nltk.corpus.stopwords.words('english') of NLTK 3.10.4's data, in its order.
constexpr auto kStopWords = std::to_array<std::string_view>({
    "a",          "about",   "above",    "after",    "again",   "against",   "ain",       "all",        "am",
    "an",         "and",     "any",      "are",      "aren",    "aren't",    "as",        "at",         "be",
    "because",    "been",    "before",   "being",    "below",   "between",   "both",      "but",        "by",
    "can",        "couldn",  "couldn't", "d",        "did",     "didn",      "didn't",    "do",         "does",
    "doesn",      "doesn't", "doing",    "don",      "don't",   "down",      "during",    "each",       "few",
    "for",        "from",    "further",  "had",      "hadn",    "hadn't",    "has",       "hasn",       "hasn't",
    "have",       "haven",   "haven't",  "having",   "he",      "he'd",      "he'll",     "her",        "here",
    "hers",       "herself", "he's",     "him",      "himself", "his",       "how",       "i",          "i'd",
    "if",         "i'll",    "i'm",      "in",       "into",    "is",        "isn",       "isn't",      "it",
    "it'd",       "it'll",   "it's",     "its",      "itself",  "i've",      "just",      "ll",         "m",
    "ma",         "me",      "mightn",   "mightn't", "more",    "most",      "mustn",     "mustn't",    "my",
    "myself",     "needn",   "needn't",  "no",       "nor",     "not",       "now",       "o",          "of",
    "off",        "on",      "once",     "only",     "or",      "other",     "our",       "ours",       "ourselves",
    "out",        "over",    "own",      "re",       "s",       "same",      "shan",      "shan't",     "she",
    "she'd",      "she'll",  "she's",    "should",   "shouldn", "shouldn't", "should've", "so",         "some",
    "such",       "t",       "than",     "that",     "that'll", "the",       "their",     "theirs",     "them",
    "themselves", "then",    "there",    "these",    "they",    "they'd",    "they'll",   "they're",    "they've",
    "this",       "those",   "through",  "to",       "too",     "under",     "until",     "up",         "ve",
    "very",       "was",     "wasn",     "wasn't",   "we",      "we'd",      "we'll",     "we're",      "were",
    "weren",      "weren't", "we've",    "what",     "when",    "where",     "which",     "while",      "who",
    "whom",       "why",     "will",     "with",     "won",     "won't",     "wouldn",    "wouldn't",   "y",
    "you",        "you'd",   "you'll",   "your",     "you're",  "yours",     "yourself",  "yourselves", "you've",
});
static_assert(kStopWords.size() == 198);

constexpr std::size_t kLongest = 10;  // "yourselves"

// An open-addressing table filled once; a quarter full, so most words that are not stop words cost one probe.
class StopWordTable {
 public:
  StopWordTable() {
    for (std::size_t i = 0; i < kStopWords.size(); ++i) {
      std::size_t slot = internal::HashBytes(kStopWords[i]) & kMask;
      while (slots_[slot] != kEmpty) slot = (slot + 1) & kMask;
      slots_[slot] = static_cast<std::uint8_t>(i);
    }
  }

  bool Contains(std::string_view word, std::uint64_t hash) const {
    for (std::size_t slot = hash & kMask; slots_[slot] != kEmpty; slot = (slot + 1) & kMask) {
      if (kStopWords[slots_[slot]] == word) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kMask = kSlots - 1;
  static constexpr std::uint8_t kEmpty = 0xFF;

  std::array<std::uint8_t, kSlots> slots_ = [] {
    std::array<std::uint8_t, kSlots> all{};
    all.fill(kEmpty);
    return all;
  }();
};

const StopWordTable& Table() {
  static const StopWordTable table;
  return table;
}

}  // namespace

bool IsStopWord(std::string_view word) { return IsStopWord(word, internal::HashBytes(word)); }

bool IsStopWord(std::string_view word, std::uint64_t hash) {
  return word.size() <= kLongest && Table().Contains(word, hash);
}

std::span<const std::string_view> StopWords() { return kStopWords; }

}  // namespace valence::text
