// SPDX-License-Identifier: Apache-2.0
#include "near_duplicates.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "shingles.h"
#include "valence/linalg/parallel.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kBandPlaces = 4;
constexpr std::size_t kBands = kSketchPlaces / kBandPlaces;
constexpr std::size_t kMostPartners = 16;
constexpr std::size_t kChunks = 64;

using Band = std::array<std::uint32_t, kBandPlaces>;
using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// The sketches of the texts that have words.
struct Sketches {
  std::vector<std::uint32_t> texts;  ///< index of each sketch's text, ascending
  std::vector<Sketch> sketches;

  Band BandOf(std::size_t sketch, std::size_t band) const {
    Band values;
    std::memcpy(values.data(), sketches[sketch].data() + band * kBandPlaces, sizeof values);
    return values;
  }
};

Sketches SketchAll(const WordCutter& cutter, const std::vector<std::string_view>& texts) {
  std::vector<Sketch> sketches(texts.size());
  std::vector<char> has_words(texts.size());
  linalg::ParallelFor(texts.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    text::TokenBuffer buffer;
    Shingles shingles;
    for (std::size_t i = begin; i < end; ++i) {
      CutShingles(cutter, texts[i], &buffer, &shingles);
      has_words[i] = shingles.empty() ? 0 : 1;
      if (!shingles.empty()) sketches[i] = MakeSketch(shingles);
    }
  });
  Sketches all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (has_words[i] == 0) continue;
    sketches[all.texts.size()] = sketches[i];
    all.texts.push_back(static_cast<std::uint32_t>(i));
  }
  sketches.resize(all.texts.size());
  all.sketches = std::move(sketches);
  return all;
}

/// Whether an earlier band brings the same two together.
bool MeetsBefore(const Sketches& all, std::size_t a, std::size_t b, std::size_t band) {
  for (std::size_t earlier = 0; earlier < band; ++earlier) {
    if (all.BandOf(a, earlier) == all.BandOf(b, earlier)) return true;
  }
  return false;
}

/// Pairs of sketches that agree in `band`, and in no earlier one.
std::vector<Pair> PairsOfBand(const Sketches& all, std::size_t band) {
  std::vector<std::pair<Band, std::uint32_t>> order(all.sketches.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {all.BandOf(i, band), static_cast<std::uint32_t>(i)};
  std::sort(order.begin(), order.end());
  std::vector<Pair> pairs;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::size_t last = i > kMostPartners ? i - kMostPartners : 0;
    for (std::size_t j = i; j-- > last && order[j].first == order[i].first;) {
      if (!MeetsBefore(all, order[j].second, order[i].second, band)) {
        pairs.emplace_back(all.texts[order[j].second], all.texts[order[i].second]);
      }
    }
  }
  return pairs;
}

std::vector<Pair> Candidates(const Sketches& all) {
  std::array<std::vector<Pair>, kBands> by_band;
  linalg::ParallelFor(kBands, kBands, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t band = begin; band < end; ++band) by_band[band] = PairsOfBand(all, band);
  });
  std::vector<Pair> pairs;
  for (const std::vector<Pair>& some : by_band) pairs.insert(pairs.end(), some.begin(), some.end());
  std::sort(pairs.begin(), pairs.end());
  // In a crowded band two may not have met although both are there, and meet again in a later one.
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace

std::vector<NearDuplicate> FindNearDuplicates(const std::vector<std::string_view>& texts, double similarity) {
  const WordCutter cutter;
  const std::vector<Pair> pairs = Candidates(SketchAll(cutter, texts));
  std::vector<double> similarities(pairs.size());
  linalg::ParallelFor(pairs.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    text::TokenBuffer buffer;
    Shingles first, second;
    for (std::size_t i = begin; i < end; ++i) {
      const bool is_same_first = i > begin && pairs[i - 1].first == pairs[i].first;
      if (!is_same_first) CutShingles(cutter, texts[pairs[i].first], &buffer, &first);
      CutShingles(cutter, texts[pairs[i].second], &buffer, &second);
      similarities[i] = Jaccard(first, second);
    }
  });
  std::vector<NearDuplicate> found;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (similarities[i] >= similarity) found.push_back({pairs[i].first, pairs[i].second, similarities[i]});
  }
  return found;
}

}  // namespace valence::data::internal
