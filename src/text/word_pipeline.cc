// SPDX-License-Identifier: Apache-2.0
#include "word_pipeline.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "valence/text/token_hash.h"
#include "word_cache.h"

namespace valence::text {
namespace {

constexpr std::size_t kPrefetchDistance = 8;

std::uint32_t NextId() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

// Writes words, each with a space after it, into a string that is larger than needed until Finish().
class WordWriter {
 public:
  WordWriter(std::size_t expected_bytes, std::string* out) : out_(*out) {
    if (out_.size() < expected_bytes + kRoom) out_.resize(expected_bytes + kRoom);
  }

  // Adds `word`, which has WordCache::kReadable readable bytes, if `is_kept`: without a branch on that, because in
  // running text every second word is a stop word.
  void AddPadded(std::string_view word, bool is_kept) {
    if (word.size() > WordCache::kReadable || size_ + kRoom > out_.size()) {
      if (is_kept) Add(word);
      return;
    }
    char* target = out_.data() + size_;
    std::memcpy(target, word.data(), WordCache::kReadable);
    target[word.size()] = ' ';
    size_ += is_kept ? word.size() + 1 : 0;
  }

  void Add(std::string_view word) {
    if (size_ + word.size() + 1 > out_.size()) out_.resize(2 * out_.size() + word.size() + 1);
    word.copy(out_.data() + size_, word.size());
    size_ += word.size();
    out_[size_++] = ' ';
  }

  void Finish() { out_.resize(size_ > 0 ? size_ - 1 : 0); }

 private:
  static constexpr std::size_t kRoom = 2 * WordCache::kReadable;

  std::string& out_;
  std::size_t size_ = 0;
};

}  // namespace

WordPipeline::WordPipeline(Scanner scanner) : scanner_(std::move(scanner)), id_(NextId()) {}

std::optional<WordPipeline> WordPipeline::Compile(std::span<const Step* const> steps) {
  std::size_t first_word = steps.size();
  while (first_word > 0 && steps[first_word - 1]->kind == StepKind::kWord) --first_word;
  if (first_word == steps.size()) return std::nullopt;
  std::optional<Scanner> scanner = Scanner::Compile(steps.first(first_word), TokenPattern::Kind::kWhitespace);
  if (!scanner) return std::nullopt;
  WordPipeline pipeline(std::move(*scanner));
  for (const Step* step : steps.subspan(first_word)) pipeline.maps_.push_back(step->word);
  return pipeline;
}

bool WordPipeline::Apply(std::string_view text, std::string* out) const {
  thread_local TokenBuffer tokens;
  thread_local WordCache cache;
  if (!scanner_.Run(text, &tokens)) return false;
  WordCache& words = cache;
  WordWriter writer(text.size(), out);
  const std::span<const SurfaceToken> all = tokens.tokens();
  std::array<std::uint64_t, kPrefetchDistance> hashes;  // of the next tokens, as a ring
  const auto look_ahead = [&](std::size_t i) {
    if (i >= all.size()) return;
    hashes[i % kPrefetchDistance] = tokens.Hash(all[i]);
    words.Prefetch(hashes[i % kPrefetchDistance]);
  };
  for (std::size_t i = 0; i < kPrefetchDistance; ++i) look_ahead(i);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t hash = hashes[i % kPrefetchDistance];
    look_ahead(i + kPrefetchDistance);
    const std::string_view surface = tokens.Bytes(all[i]);
    const WordCache::Answer known = words.Get(id_, surface, hash);
    if (known.found) {
      writer.AddPadded(known.word, known.is_kept);
      continue;
    }
    const std::optional<std::string_view> word = Map(surface, hash);
    if (word) writer.Add(*word);
    words.Put(id_, surface, hash, word);
  }
  writer.Finish();
  return true;
}

std::optional<std::string_view> WordPipeline::Map(std::string_view word, std::uint64_t hash) const {
  thread_local std::array<std::string, 2> scratch;  // a step reads one and writes the other
  std::size_t target = 0;
  for (const WordMap map : maps_) {
    if (word.empty()) return std::nullopt;  // text.split() does not find it again
    const std::optional<std::string_view> mapped = map(word, hash, &scratch[target]);
    if (!mapped) return std::nullopt;
    if (mapped->data() == word.data() && mapped->size() == word.size()) continue;
    word = *mapped;
    hash = internal::HashBytes(word);
    target ^= 1;
  }
  return word;
}

}  // namespace valence::text
