// SPDX-License-Identifier: Apache-2.0
#include "valence/text/lemmatize.h"

#include <cstddef>
#include <cstring>
#include <span>

#include "valence/text/token_hash.h"
#include "wordnet_format.h"

extern "C" const char valence_wordnet_begin[];

namespace valence::text {
namespace {

using wordnet::Header;
using wordnet::Table;

struct Rule {
  std::string_view suffix;
  std::string_view ending;
};

// nltk/corpus/reader/wordnet.py, MORPHOLOGICAL_SUBSTITUTIONS.
constexpr Rule kNounRules[] = {{"s", ""},      {"ses", "s"},   {"ves", "f"},   {"xes", "x"}, {"zes", "z"},
                               {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"ies", "y"}};
constexpr Rule kVerbRules[] = {{"s", ""},   {"ies", "y"}, {"es", "e"},  {"es", ""},
                               {"ed", "e"}, {"ed", ""},   {"ing", "e"}, {"ing", ""}};
constexpr Rule kAdjectiveRules[] = {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}};

std::span<const Rule> RulesOf(PartOfSpeech pos) {
  switch (pos) {
    case PartOfSpeech::kNoun:
      return kNounRules;
    case PartOfSpeech::kVerb:
      return kVerbRules;
    case PartOfSpeech::kAdjective:
      return kAdjectiveRules;
    case PartOfSpeech::kAdverb:
      break;
  }
  return {};
}

const Header& GetHeader() { return *reinterpret_cast<const Header*>(valence_wordnet_begin); }

std::size_t ByteAt(std::size_t offset) { return static_cast<unsigned char>(valence_wordnet_begin[offset]); }

// The offset of the entry whose key is `word`, or 0. `key_skip`: bytes between an entry's length and its key.
std::size_t FindEntry(const Table& table, std::size_t key_skip, std::string_view word, std::uint64_t hash) {
  const char* slots = valence_wordnet_begin + table.slots_offset;
  for (std::size_t slot = hash & table.mask;; slot = (slot + 1) & table.mask) {
    std::uint32_t entry;
    std::memcpy(&entry, slots + slot * sizeof entry, sizeof entry);
    if (entry == 0) return 0;
    if (ByteAt(entry) != word.size()) continue;
    if (std::memcmp(valence_wordnet_begin + entry + 1 + key_skip, word.data(), word.size()) == 0) return entry;
  }
}

bool Knows(std::string_view word, std::uint64_t hash, PartOfSpeech pos) {
  const std::size_t entry = FindEntry(GetHeader().lemmas, 1, word, hash);
  return entry != 0 && (ByteAt(entry + 1) >> static_cast<unsigned>(pos) & 1) != 0;
}

bool Knows(std::string_view word, PartOfSpeech pos) { return Knows(word, internal::HashBytes(word), pos); }

// The shortest of the candidates offered so far, first of equals.
class Shortest {
 public:
  void Offer(std::string_view candidate) {
    if (found_ && candidate.size() >= best_.size()) return;
    best_ = candidate;
    found_ = true;
  }
  // A candidate that is base + ending, kept in *scratch.
  void Offer(std::string_view base, std::string_view ending, std::string* scratch) {
    if (found_ && base.size() + ending.size() >= best_.size()) return;
    scratch->assign(base).append(ending);
    Offer(*scratch);
  }
  bool found() const { return found_; }
  std::string_view best() const { return best_; }

 private:
  bool found_ = false;
  std::string_view best_;
};

void OfferExceptions(std::size_t entry, PartOfSpeech pos, Shortest* shortest) {
  std::size_t at = entry + 1 + ByteAt(entry);
  const std::size_t count = ByteAt(at++);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view form(valence_wordnet_begin + at + 1, ByteAt(at));
    if (Knows(form, pos)) shortest->Offer(form);
    at += 1 + form.size();
  }
}

void OfferRules(std::string_view word, PartOfSpeech pos, std::string* scratch, Shortest* shortest) {
  for (const Rule& rule : RulesOf(pos)) {
    if (!word.ends_with(rule.suffix)) continue;
    const std::string_view base = word.substr(0, word.size() - rule.suffix.size());
    char joined[UINT8_MAX + 1];
    if (base.size() + rule.ending.size() > UINT8_MAX) continue;  // longer than any lemma
    std::memcpy(joined, base.data(), base.size());
    std::memcpy(joined + base.size(), rule.ending.data(), rule.ending.size());
    if (Knows({joined, base.size() + rule.ending.size()}, pos)) shortest->Offer(base, rule.ending, scratch);
  }
}

// Most words end in a letter that ends no suffix.
bool AnyRuleFits(std::string_view word, PartOfSpeech pos) {
  constexpr std::string_view kLastLetters[] = {"sn", "sdg", "rt", ""};
  if (word.empty() || kLastLetters[static_cast<int>(pos)].find(word.back()) == std::string_view::npos) return false;
  for (const Rule& rule : RulesOf(pos)) {
    if (word.ends_with(rule.suffix)) return true;
  }
  return false;
}

}  // namespace

std::string_view Lemmatize(std::string_view word, PartOfSpeech pos, std::string* scratch) {
  return Lemmatize(word, internal::HashBytes(word), pos, scratch);
}

std::string_view Lemmatize(std::string_view word, std::uint64_t hash, PartOfSpeech pos, std::string* scratch) {
  const std::size_t exception = FindEntry(GetHeader().exceptions[static_cast<int>(pos)], 0, word, hash);
  // The only candidate would be the word itself, and the answer is the word whether WordNet knows it or not.
  if (exception == 0 && !AnyRuleFits(word, pos)) return word;

  Shortest shortest;
  if (Knows(word, hash, pos)) shortest.Offer(word);
  if (exception != 0) {
    OfferExceptions(exception, pos, &shortest);
  } else {
    OfferRules(word, pos, scratch, &shortest);
  }
  return shortest.found() ? shortest.best() : word;
}

}  // namespace valence::text
