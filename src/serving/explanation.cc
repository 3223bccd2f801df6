// SPDX-License-Identifier: Apache-2.0
#include "explanation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace valence::serving {
namespace {

constexpr std::string_view kSpace = " \t\n\v\f\r";
constexpr int kLevels = 5;
constexpr double kFaintest = 0.02;  // of the strongest; below, a shade would not be seen

std::vector<WordWeight> SplitWords(std::string_view text) {
  std::vector<WordWeight> words;
  for (std::size_t begin = text.find_first_not_of(kSpace); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, begin), text.size());
    words.push_back({begin, end, 0});
    begin = text.find_first_not_of(kSpace, end);
  }
  return words;
}

}  // namespace

std::vector<WordWeight> WeighWords(std::string_view text, const std::vector<classifier::Attribution>& attributions) {
  std::vector<WordWeight> words = SplitWords(text);
  for (const auto& a : attributions) {
    const auto first =
        std::upper_bound(words.begin(), words.end(), a.begin, [](auto at, const WordWeight& w) { return at < w.end; });
    const auto last =
        std::lower_bound(first, words.end(), a.end, [](const WordWeight& w, auto at) { return w.begin < at; });
    const double share = a.contribution / static_cast<double>(last - first);
    std::for_each(first, last, [share](WordWeight& w) { w.contribution += share; });
  }
  return words;
}

std::vector<TermWeight> TopTerms(const classifier::Prediction& prediction, std::size_t limit) {
  std::map<std::uint32_t, TermWeight> by_feature;
  for (const auto& a : prediction.attributions) {
    TermWeight& term = by_feature[a.feature];
    term.term = prediction.Term(a);
    ++term.times;
    term.contribution += a.contribution;
  }
  std::vector<TermWeight> terms;
  for (const auto& [feature, term] : by_feature) terms.push_back(term);
  std::stable_sort(terms.begin(), terms.end(), [](const TermWeight& a, const TermWeight& b) {
    return std::tuple(-std::abs(a.contribution), a.term) < std::tuple(-std::abs(b.contribution), b.term);
  });
  if (terms.size() > limit) terms.resize(limit);
  return terms;
}

int ShadeLevel(double contribution, double strongest) {
  const double share = strongest > 0 ? std::abs(contribution) / strongest : 0;
  return share < kFaintest ? 0 : std::clamp(static_cast<int>(std::ceil(share * kLevels)), 1, kLevels);
}

}  // namespace valence::serving
