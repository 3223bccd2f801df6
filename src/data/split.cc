// SPDX-License-Identifier: Apache-2.0
#include "split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>

#include "alike_texts.h"
#include "valence/linalg/rng.h"

namespace valence::data::internal {
namespace {

/// Documents that stay together, by index.
using Group = std::vector<std::size_t>;

/// The groups of each label (a group's label is its first document's), in order of appearance.
std::map<std::string_view, std::vector<Group>> GroupsByLabel(const Dataset& documents) {
  std::map<std::string_view, std::vector<Group>> by_label;
  const std::vector<std::uint64_t> hashes = AlikeHashes(documents);
  std::unordered_map<std::uint64_t, std::pair<std::string_view, std::size_t>> places;
  places.reserve(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    std::vector<Group>& own = by_label[documents[i].label];
    const auto [place, is_new] = places.try_emplace(hashes[i], std::string_view(documents[i].label), own.size());
    if (is_new) own.emplace_back();
    by_label[place->second.first][place->second.second].push_back(i);
  }
  return by_label;
}

std::size_t CountDocuments(const std::vector<Group>& groups) {
  std::size_t count = 0;
  for (const Group& group : groups) count += group.size();
  return count;
}

}  // namespace

std::vector<bool> ChooseTest(const Dataset& documents, double test_share, std::uint32_t seed) {
  std::vector<bool> is_test(documents.size(), false);
  linalg::RandomState random(seed);
  for (const auto& [label, groups] : GroupsByLabel(documents)) {
    const std::vector<std::int64_t> order = random.Permutation(static_cast<std::int64_t>(groups.size()));
    const std::size_t count = CountDocuments(groups);
    const auto share = static_cast<std::size_t>(std::llround(static_cast<double>(count) * test_share));
    const std::size_t wanted = std::max<std::size_t>(share, 1);
    std::size_t chosen = 0;
    // The last group is never drawn: train keeps something of every label.
    for (std::size_t k = 0; k + 1 < order.size() && chosen < wanted; ++k) {
      const Group& group = groups[static_cast<std::size_t>(order[k])];
      if (chosen > 0 && chosen + group.size() > wanted) continue;  // a smaller one may still fit
      for (const std::size_t i : group) is_test[i] = true;
      chosen += group.size();
    }
  }
  return is_test;
}

}  // namespace valence::data::internal
