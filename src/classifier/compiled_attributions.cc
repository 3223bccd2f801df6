// SPDX-License-Identifier: Apache-2.0
// What ScoreAndRemember left in memory, as attributions. For a few of them nothing is looked up that the score has not
// had in its hands: what it has not is in no cache, and would cost more than the score for all.
#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "compiled_scorer.h"
#include "weightiest.h"

namespace valence::classifier {
namespace {

/// Terms, one behind the other, whose words are in the text as they are in the vocabulary, where a cache has them.
class TermWriter {
 public:
  TermWriter(const text::TokenBuffer& tokens, std::string* out) : tokens_(tokens), out_(*out) {}

  /// Most terms have one word or two, which cannot be predicted: a second one is always copied.
  void Add(std::span<const text::SurfaceToken> words, Attribution* a) {
    a->term_begin = end_;
    Copy(words[0], 1);
    Copy(words[std::min<std::size_t>(words.size(), 2) - 1], words.size() > 1 ? 1 : 0);
    for (std::size_t i = 2; i < words.size(); ++i) Copy(words[i], 1);
    a->term_size = static_cast<std::uint32_t>(end_ - a->term_begin - 1);
  }

 private:
  // Behind the last term too, so that whoever copies it need not look where its bytes end.
  static constexpr std::size_t kRoom = 64;
  static constexpr std::size_t kStep = 16;  // as many bytes can be read behind each token of a TokenBuffer

  void Copy(const text::SurfaceToken& word, std::size_t times) {
    const std::string_view bytes = tokens_.Bytes(word);
    if (out_.size() < end_ + bytes.size() + kRoom) out_.resize(2 * (end_ + bytes.size() + kRoom));
    char* const at = out_.data() + end_;
    std::memcpy(at, bytes.data(), kStep);  // most are not longer
    if (bytes.size() > kStep) std::memcpy(at + kStep, bytes.data() + kStep, bytes.size() - kStep);
    at[bytes.size()] = ' ';
    end_ += times * (bytes.size() + 1);
  }

  const text::TokenBuffer& tokens_;
  std::string& out_;
  std::size_t end_ = 0;
};

/// Occurrence number `occurrence` of the feature at `place`.
FoundFeature Found(std::size_t occurrence, std::uint32_t place, const ScoringMemory& memory) {
  std::uint32_t tokens = 1;
  for (const std::size_t end : memory.ends) tokens += occurrence >= end ? 1u : 0u;
  return {memory.first_tokens[occurrence], tokens, place, memory.sizes[place]};
}

/// Sets memory->kept to the `limit` weightiest occurrences of the first `candidates` candidates. False if these have
/// more than kFew occurrences.
bool KeepOfFew(std::size_t limit, std::size_t candidates, ScoringMemory* memory) {
  if (candidates > kFew) return false;
  const std::span<const CountedFeature> features = memory->counter.features();
  const std::span<const std::uint32_t> occurrences(memory->occurrences.data(), memory->occurrence_count);
  FewFound& few = memory->few;
  std::array<std::uint32_t, kFew> repeated;  // those that occur again: seldom, and not to be predicted
  std::size_t repeats = 0;
  few.count = 0;
  for (std::size_t i = 0; i < candidates; ++i) {
    const std::uint32_t place = memory->candidates[i];
    few.all[i] = Found(memory->counter.firsts()[place], place, *memory);
    few.count += features[place].count;
    repeated[repeats] = place;
    repeats += features[place].count > 1 ? 1u : 0u;
  }
  if (few.count > kFew) return false;
  FoundFeature* end = few.all.data() + candidates;
  for (const std::uint32_t place : std::span(repeated).first(repeats)) {
    std::size_t occurrence = memory->counter.firsts()[place];
    for (std::uint32_t n = features[place].count; n > 1; --n) {
      occurrence = FindNext(occurrences, occurrence + 1, features[place].id);
      *end++ = Found(occurrence, place, *memory);
    }
  }
  if (memory->kept.size() <= kFew) memory->kept.resize(kFew + 1);
  memory->kept_count = KeepWeightiest(limit, &few, memory->kept.data());
  return true;
}

/// The same, of all occurrences that are `least` or more, for any number.
void KeepOfMany(std::size_t limit, double least, ScoringMemory* memory) {
  memory->kept.clear();
  for (std::size_t i = 0; i < memory->occurrence_count; ++i) {
    const std::size_t place = memory->counter.PlaceOf(memory->occurrences[i]);
    if (memory->sizes[place] < least) continue;
    memory->kept.push_back(Found(i, static_cast<std::uint32_t>(place), *memory));
  }
  KeepWeightiest(limit, &memory->kept);
  memory->kept_count = memory->kept.size();
}

}  // namespace

/// Sets memory->kept to the occurrences that are to be attributions.
void CompiledScorer::Choose(std::int32_t row, std::size_t limit, ScoringMemory* memory) const {
  const auto r = static_cast<std::size_t>(row);
  const std::span<const CountedFeature> features = memory->counter.features();
  const std::span<double> sizes(memory->sizes.data(), features.size());
  if (rows_ > 1) {  // else the score has set them
    std::transform(features.begin(), features.end(), sizes.begin(),
                   [&](const CountedFeature& f) { return SizeOf(f, r); });
  }
  const double least = LowerBoundOfLargest(sizes, limit, &memory->greatest);
  const std::size_t room = features.size() + kRoomToCollect;
  if (memory->candidates.size() < room) memory->candidates.resize(room);
  const std::size_t candidates = CollectAtLeast(sizes, least, memory->candidates.data());
  if (!KeepOfFew(limit, candidates, memory)) KeepOfMany(limit, least, memory);
}

void CompiledScorer::Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const {
  Choose(row, limit, memory);
  const std::size_t count = memory->kept_count;
  out->attributions.resize(count);
  TermWriter terms(memory->surface, &out->terms);
  for (std::size_t i = 0; i < count; ++i) {
    const FoundFeature& f = memory->kept[i];
    Attribution& a = out->attributions[i];
    const CountedFeature feature = memory->counter.features()[f.place];
    const double* const cell = CellOf(feature.id);
    const double value = term_frequency_(feature.count) * cell[0] / memory->length;
    a.feature = feature.id;
    a.contribution = cell[static_cast<std::size_t>(row) + 1] * value / feature.count;
    if (maps_identically_) {
      const std::span words = memory->surface.tokens().subspan(f.first_token, f.tokens);
      a.begin = words.front().begin;
      a.end = words.back().end;
      terms.Add(words, &a);
    } else {
      a.begin = memory->spans[f.first_token].begin;
      a.end = memory->spans[f.first_token + f.tokens - 1].end;
    }
  }
  if (!maps_identically_) LookUpTerms(out);
}

/// Sets the terms of attributions where the vocabulary has other words than the text. No cache holds them, so all are
/// on their way before the first is needed.
void CompiledScorer::LookUpTerms(Prediction* out) const {
  for (const Attribution& a : out->attributions) PrefetchNode(a.feature);
  for (const Attribution& a : out->attributions) __builtin_prefetch(&trie_.columns[NodeOf(a.feature)]);
  for (const Attribution& a : out->attributions) {
    __builtin_prefetch(&vocabulary_.offsets()[static_cast<std::size_t>(ColumnOf(a.feature))]);
  }
  for (const Attribution& a : out->attributions) __builtin_prefetch(vocabulary_.Term(ColumnOf(a.feature)).data());
  out->terms.clear();
  for (Attribution& a : out->attributions) {
    const std::string_view term = vocabulary_.Term(ColumnOf(a.feature));
    a.term_begin = out->terms.size();
    a.term_size = static_cast<std::uint32_t>(term.size());
    out->terms.append(term);
  }
}

std::int32_t CompiledScorer::ColumnOf(std::uint32_t feature) const {
  return static_cast<std::int32_t>(trie_.columns[NodeOf(feature)]);
}

Node CompiledScorer::NodeOf(std::uint32_t id) const {
  return (id & kPlaceBit) != 0 ? trie_.bigrams.NodeAt(id & ~kPlaceBit) : id;
}

void CompiledScorer::PrefetchNode(std::uint32_t id) const {
  if ((id & kPlaceBit) != 0) trie_.bigrams.PrefetchNode(id & ~kPlaceBit);
}

}  // namespace valence::classifier
