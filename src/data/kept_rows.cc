// SPDX-License-Identifier: Apache-2.0
#include "kept_rows.h"

#include <utility>

#include "shown.h"
#include "split.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kOpeningBytes = 120;

}  // namespace

RowExample KeptRows::Example(std::size_t i, std::string detail) const {
  return {sources[origins[i].source], origins[i].number, std::move(detail), Shown(documents[i].text, kOpeningBytes)};
}

KeptRows TakeKeptRows(const IngestConfig& config, Collected* collected) {
  KeptRows kept;
  kept.sources = collected->sources;
  bool has_test_part = false;
  for (Row& row : collected->rows) {
    has_test_part = has_test_part || row.part == Part::kTest;
    if (!row.kept()) continue;
    kept.documents.push_back(std::move(row.document));
    kept.origins.push_back({row.source, row.number});
    kept.is_test.push_back(row.part == Part::kTest);
  }
  if (!has_test_part) {
    kept.is_test = ChooseTest(kept.documents, config.test_share, static_cast<std::uint32_t>(config.seed));
  }
  return kept;
}

Split MakeSplit(KeptRows&& kept) {
  Split split;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    (kept.is_test[i] ? split.test : split.train).push_back(std::move(kept.documents[i]));
  }
  return split;
}

}  // namespace valence::data::internal
