// SPDX-License-Identifier: Apache-2.0
#include "text_statistics.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "valence/linalg/parallel.h"
#include "valence/text/stop_words.h"
#include "words.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kChunks = 16;

double Share(std::uint64_t part, std::uint64_t all) { return static_cast<double>(part) / static_cast<double>(all); }

WordId IdOf(const text::SurfaceToken& word, const text::TokenBuffer& buffer) {
  return static_cast<WordId>(buffer.Hash(word) >> 32);
}

/// Calls visit(chunk, document, words, buffer) for each document, chunks in parallel.
template <class Visit>
void ForEachText(const Dataset& documents, Visit visit) {
  const WordCutter cutter;
  linalg::ParallelFor(documents.size(), kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    text::TokenBuffer buffer;
    for (std::size_t i = begin; i < end; ++i) visit(chunk, i, cutter.Cut(documents[i].text, &buffer), buffer);
  });
}

void CountCharacters(std::string_view text, TextStatistics* statistics) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    statistics->ascii += byte < 0x80 ? 1u : 0u;
    statistics->characters += (byte & 0xC0) == 0x80 ? 0u : 1u;  // all but continuation bytes
  }
}

}  // namespace

double TextStatistics::ascii_share() const { return characters == 0 ? 1 : Share(ascii, characters); }

double TextStatistics::stop_word_share() const { return words == 0 ? 0 : Share(stop_words, words); }

std::vector<TextStatistics> DescribeTexts(const Dataset& documents) {
  std::vector<TextStatistics> all(documents.size());
  ForEachText(documents, [&](std::size_t, std::size_t i, const auto& words, const text::TokenBuffer& buffer) {
    CountCharacters(documents[i].text, &all[i]);
    all[i].words = words.size();
    for (const text::SurfaceToken& word : words) {
      all[i].stop_words += text::IsStopWord(buffer.Bytes(word), buffer.Hash(word)) ? 1u : 0u;
    }
  });
  return all;
}

WordCounts CountWords(const Dataset& documents) {
  std::vector<WordCounts> by_chunk(kChunks);
  ForEachText(documents, [&](std::size_t chunk, std::size_t, const auto& words, const text::TokenBuffer& buffer) {
    for (const text::SurfaceToken& word : words) ++by_chunk[chunk][IdOf(word, buffer)];
  });
  WordCounts all = std::move(by_chunk[0]);
  for (std::size_t chunk = 1; chunk < kChunks; ++chunk) {
    for (const auto& [word, count] : by_chunk[chunk]) all[word] += count;
  }
  return all;
}

std::vector<double> UnseenWordShares(const Dataset& documents, const std::vector<WordId>& vocabulary) {
  std::vector<double> shares(documents.size());
  ForEachText(documents, [&](std::size_t, std::size_t i, const auto& words, const text::TokenBuffer& buffer) {
    std::uint64_t unseen = 0;
    for (const text::SurfaceToken& word : words) {
      unseen += std::binary_search(vocabulary.begin(), vocabulary.end(), IdOf(word, buffer)) ? 0u : 1u;
    }
    if (!words.empty()) shares[i] = Share(unseen, words.size());
  });
  return shares;
}

}  // namespace valence::data::internal
