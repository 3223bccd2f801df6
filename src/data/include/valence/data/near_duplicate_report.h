// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/data/contract.h"

namespace valence::data {

/// Documents whose texts are nearly equal (docs/data-contract.md says how they are found).
struct NearDuplicateReport {
  /// One side of a pair.
  struct Member {
    RowExample row;
    std::string side;  ///< "train" or "test"
    std::string label;
  };
  struct Pair {
    double similarity = 0;
    Member first, second;
  };

  double similarity = 0;  ///< least similarity of a pair
  std::uint64_t pairs = 0;
  std::uint64_t train_pairs = 0;  ///< of them within train
  std::uint64_t test_pairs = 0;
  std::uint64_t leaking_pairs = 0;      ///< one side in train, the other in test
  std::uint64_t documents = 0;          ///< in at least one pair
  double share = 0;                     ///< of all documents
  std::uint64_t leaking_documents = 0;  ///< test documents with a near-duplicate in train
  double leakage_share = 0;             ///< of the test documents
  std::vector<Pair> examples;           ///< leaking pairs first, then the most similar

  Json ToJson() const;
};

}  // namespace valence::data
