// SPDX-License-Identifier: Apache-2.0
#include "row_writer.h"

#include "valence/base/json.h"
#include "valence/data/csv.h"

namespace valence::pipeline {

RowWriter::RowWriter(const std::vector<std::string>& labels, RowFormat output)
    : labels_(labels), csv_(output == RowFormat::kCsv), names_{"label", "score"} {
  for (const std::string& label : labels_) {
    names_.push_back("probability_" + label);
    std::string& cell = label_cells_.emplace_back();
    std::string& key = probability_keys_.emplace_back(",");
    if (csv_) {
      data::AppendCsvField(label, &cell);
    } else {
      AppendJsonString(label, &cell);
      AppendJsonString(names_.back(), &key);
      key += ':';
    }
  }
}

std::vector<std::string> RowWriter::ColumnNames() const { return names_; }

std::string RowWriter::Header(std::string_view input_header) const {
  if (!csv_) return {};
  std::string header(input_header);
  for (const std::string& name : names_) {
    if (!header.empty()) header += ',';
    data::AppendCsvField(name, &header);
  }
  return header + '\n';
}

void RowWriter::AppendRow(std::string_view prefix, const classifier::Prediction& prediction, std::string* out) const {
  const std::size_t label = static_cast<std::size_t>(prediction.label);
  const double score = prediction.scores[prediction.scores.size() == 1 ? 0 : label];
  out->append(prefix);
  out->append(csv_ ? "," : prefix.empty() ? "{\"label\":" : ",\"label\":").append(label_cells_[label]);
  out->append(csv_ ? "," : ",\"score\":");
  AppendJsonNumber(score, out);
  for (std::size_t c = 0; c < labels_.size(); ++c) {
    out->append(probability_keys_[c]);
    AppendJsonNumber(prediction.probabilities[c], out);
  }
  out->append(csv_ ? "\n" : "}\n");
}

}  // namespace valence::pipeline
