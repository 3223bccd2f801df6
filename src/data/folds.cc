// SPDX-License-Identifier: Apache-2.0
#include "valence/data/folds.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

#include "alike_texts.h"
#include "valence/linalg/rng.h"

namespace valence::data {
namespace {

/// The documents of one label, by index.
struct LabelDocuments {
  std::string_view label;
  std::vector<std::size_t> documents;
};

/// In order of first appearance, as scikit-learn encodes classes here.
std::vector<LabelDocuments> ByLabel(const Dataset& documents) {
  std::vector<LabelDocuments> labels;
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto [place, is_new] = places.try_emplace(documents[i].label, labels.size());
    if (is_new) labels.push_back({documents[i].label, {}});
    labels[place->second].documents.push_back(i);
  }
  return labels;
}

/// How many documents of the label at positions [begin, begin + count) of the sorted labels each fold gets: every
/// folds-th position.
std::vector<std::int32_t> RepeatedFolds(std::size_t begin, std::size_t count, std::size_t folds) {
  std::vector<std::int32_t> repeated;
  repeated.reserve(count);
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const std::size_t first = begin + (fold + folds - begin % folds) % folds;
    for (std::size_t at = first; at < begin + count; at += folds) repeated.push_back(static_cast<std::int32_t>(fold));
  }
  return repeated;
}

void KeepAlikeTogether(const Dataset& documents, std::vector<std::int32_t>* fold_of) {
  const std::vector<std::uint64_t> hashes = internal::AlikeHashes(documents);
  std::unordered_map<std::uint64_t, std::int32_t> fold_of_first;
  fold_of_first.reserve(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    (*fold_of)[i] = fold_of_first.try_emplace(hashes[i], (*fold_of)[i]).first->second;
  }
}

}  // namespace

Result<std::vector<std::int32_t>> StratifiedFolds(const Dataset& documents, std::int64_t folds, std::uint32_t seed) {
  const auto count = static_cast<std::size_t>(folds);
  const std::vector<LabelDocuments> labels = ByLabel(documents);
  for (const LabelDocuments& label : labels) {
    if (label.documents.size() >= count) continue;
    return InvalidArgument(
        fmt::format("label '{}' has {} training documents, too few for {} folds; set "
                    "cross_validation.folds to less or add documents",
                    label.label, label.documents.size(), count));
  }
  std::vector<std::int32_t> fold_of(documents.size(), 0);
  linalg::RandomState random(seed);
  std::size_t begin = 0;
  for (const LabelDocuments& label : labels) {
    const std::vector<std::int32_t> repeated = RepeatedFolds(begin, label.documents.size(), count);
    const std::vector<std::int64_t> order = random.Permutation(static_cast<std::int64_t>(repeated.size()));
    for (std::size_t k = 0; k < repeated.size(); ++k) {
      fold_of[label.documents[k]] = repeated[static_cast<std::size_t>(order[k])];
    }
    begin += label.documents.size();
  }
  KeepAlikeTogether(documents, &fold_of);
  for (const LabelDocuments& label : labels) {
    std::set<std::int32_t> used;
    for (const std::size_t i : label.documents) used.insert(fold_of[i]);
    if (used.size() > 1) continue;
    return InvalidArgument(fmt::format(
        "the documents of label '{}' are all alike, so no fold can be judged by a model that knows it", label.label));
  }
  return fold_of;
}

}  // namespace valence::data
