// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/classifier/classifier.h"
#include "valence/pipeline/bulk_predict.h"

namespace valence::pipeline {

/// Writes scored rows: the input's columns as the reader encoded them, then label, score, probability_<label>...
class RowWriter {
 public:
  RowWriter(const std::vector<std::string>& labels, RowFormat output);

  /// Names of our own columns.
  std::vector<std::string> ColumnNames() const;
  /// CSV: the header row, given the input's part; JSONL: nothing.
  std::string Header(std::string_view input_header) const;
  void AppendRow(std::string_view prefix, const classifier::Prediction& prediction, std::string* out) const;

 private:
  const std::vector<std::string>& labels_;
  bool csv_;
  std::vector<std::string> names_;
  std::vector<std::string> label_cells_;       // labels encoded for the output
  std::vector<std::string> probability_keys_;  // JSONL: `,"probability_<label>":`
};

}  // namespace valence::pipeline
