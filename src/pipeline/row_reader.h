// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/pipeline/bulk_predict.h"

namespace valence::pipeline {

/// Rows waiting to be scored. All bytes lie in one buffer that is reused from batch to batch.
struct RowBatch {
  struct Row {
    std::size_t text_begin = 0, text_end = 0;      ///< the text to score
    std::size_t prefix_begin = 0, prefix_end = 0;  ///< the input's columns, already encoded for the output
  };
  std::string bytes;
  std::vector<Row> rows;

  void Clear() {
    bytes.clear();
    rows.clear();
  }
  std::string_view Text(const Row& r) const {
    return std::string_view(bytes).substr(r.text_begin, r.text_end - r.text_begin);
  }
  std::string_view Prefix(const Row& r) const {
    return std::string_view(bytes).substr(r.prefix_begin, r.prefix_end - r.prefix_begin);
  }
};

/// Turns input bytes into rows of a batch, for one input format and one output format.
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual Status Feed(std::string_view bytes, RowBatch* batch) = 0;
  virtual Status Finish(RowBatch* batch) = 0;
  /// CSV output: the header cells of the input's columns, encoded, without our own columns. Valid once a row was read.
  virtual const std::string& header() const = 0;

  /// `reserved` are the names of our own columns, which input columns give way to.
  static std::unique_ptr<RowReader> Make(RowFormat input, const BulkOptions& options,
                                         std::vector<std::string> reserved);
};

/// The format that `options.name` or else the input's first bytes tell.
RowFormat DetectRowFormat(const BulkOptions& options, std::string_view first_bytes);

}  // namespace valence::pipeline
