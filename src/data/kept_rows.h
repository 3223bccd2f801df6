// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "row_collector.h"
#include "valence/data/contract.h"
#include "valence/data/document.h"

namespace valence::data::internal {

/// The rows that became documents, in order, each with its place in the source and its side.
struct KeptRows {
  struct Origin {
    std::uint32_t source = 0;  ///< index in `sources`
    std::uint64_t number = 0;
  };

  std::vector<std::string> sources;
  Dataset documents;
  std::vector<Origin> origins;
  std::vector<bool> is_test;

  std::size_t size() const { return documents.size(); }
  std::string_view side(std::size_t i) const { return is_test[i] ? "test" : "train"; }
  /// Row i as an example, with the opening of its text.
  RowExample Example(std::size_t i, std::string detail) const;
};

/// Moves the kept rows out of `collected` and chooses their sides: as the source has them, or by lot.
KeptRows TakeKeptRows(const IngestConfig& config, Collected* collected);

/// Moves the documents into train and test.
Split MakeSplit(KeptRows&& kept);

}  // namespace valence::data::internal
