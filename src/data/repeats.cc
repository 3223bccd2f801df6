// SPDX-License-Identifier: Apache-2.0
#include "repeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace valence::data::internal {
namespace {

/// What is known of one text: rows in order.
struct Copies {
  std::size_t first = 0;
  std::size_t first_train = SIZE_MAX;  ///< outside the test part
  std::size_t other_label = SIZE_MAX;  ///< the first row whose label differs from the first row's
};

using CopiesByText = std::unordered_map<std::string_view, Copies>;

CopiesByText GroupByText(const std::vector<Row>& rows) {
  CopiesByText by_text;
  by_text.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].kept()) continue;
    const auto [place, is_new] = by_text.try_emplace(rows[i].document.text, Copies{.first = i});
    Copies& copies = place->second;
    if (rows[i].part != Part::kTest) copies.first_train = std::min(copies.first_train, i);
    if (!is_new && copies.other_label == SIZE_MAX && rows[copies.first].document.label != rows[i].document.label) {
      copies.other_label = i;
    }
  }
  return by_text;
}

std::string Place(const Collected& collected, std::size_t i) {
  const Row& row = collected.rows[i];
  const std::string& source = collected.sources[row.source];
  return row.number == 0 ? source : fmt::format("{} row {}", source, row.number);
}

struct Verdict {
  std::string_view reason;
  std::string detail;
};

Verdict Judge(const Collected& collected, std::size_t i, const Copies& copies) {
  const Row& row = collected.rows[i];
  if (copies.other_label != SIZE_MAX) {
    const bool is_first_label = row.document.label == collected.rows[copies.first].document.label;
    const std::size_t other = is_first_label ? copies.other_label : copies.first;
    return {kConflictingLabel, fmt::format("labelled '{}' here, '{}' in {}", row.document.label,
                                           collected.rows[other].document.label, Place(collected, other))};
  }
  if (row.part == Part::kTest && copies.first_train != SIZE_MAX) {
    return {kLeakage, fmt::format("also in train: {}", Place(collected, copies.first_train))};
  }
  // With a train copy, the first row of the text may be a test copy, which is leakage: the kept one is in train.
  const std::size_t kept = copies.first_train == SIZE_MAX ? copies.first : copies.first_train;
  if (i == kept) return {};
  return {kDuplicate, fmt::format("same text as {}", Place(collected, kept))};
}

}  // namespace

void SortRows(Collected* collected) {
  std::vector<Row>& rows = collected->rows;
  const auto& sources = collected->sources;
  const bool is_reviews = std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.number == 0; });
  const auto key = [&](const Row& row) -> const std::string& {
    return is_reviews ? row.document.id : sources[row.source];
  };
  const auto less = [&](const Row& a, const Row& b) { return key(a) < key(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), less)) std::stable_sort(rows.begin(), rows.end(), less);
}

void RejectRepeats(Collected* collected) {
  const CopiesByText by_text = GroupByText(collected->rows);
  // All verdicts first: rejecting a row changes its text, which the map's keys look at.
  std::vector<std::pair<std::size_t, Verdict>> verdicts;
  for (std::size_t i = 0; i < collected->rows.size(); ++i) {
    if (!collected->rows[i].kept()) continue;
    Verdict verdict = Judge(*collected, i, by_text.find(collected->rows[i].document.text)->second);
    if (!verdict.reason.empty()) verdicts.emplace_back(i, std::move(verdict));
  }
  for (auto& [i, verdict] : verdicts) RejectRow(verdict.reason, std::move(verdict.detail), &collected->rows[i]);
}

}  // namespace valence::data::internal
