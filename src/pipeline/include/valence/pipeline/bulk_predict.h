// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"

namespace valence::pipeline {

enum class RowFormat {
  kAuto,   ///< by the name's ending, else by the first line
  kCsv,    ///< header row; the text in `text_column`
  kTsv,    ///< the same, separated by tabs
  kJsonl,  ///< one object a line
  kLines,  ///< every line is a text
};

/// "auto", "csv", "tsv", "jsonl", "lines".
Result<RowFormat> ParseRowFormat(std::string_view name);

struct BulkOptions {
  RowFormat input = RowFormat::kAuto;
  RowFormat output = RowFormat::kCsv;  ///< kCsv or kJsonl
  std::string text_column = "text";
  std::string name = "standard input";  ///< of the input, for messages and kAuto
};

struct BulkResult {
  std::uint64_t rows = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t input_bytes = 0;
};

/// Fills up to `capacity` bytes; 0 means the end.
using ByteSource = std::function<Result<std::size_t>(char* buffer, std::size_t capacity)>;
using ByteSink = std::function<Status(std::string_view bytes)>;

/// Scores every row of `source` on all threads and writes each, in order, to `sink`: the input's columns, then `label`,
/// `score` and `probability_<label>` per label. An input column with one of those names is written as `input_<name>`.
/// Memory: a few megabytes, however long the input. Errors stop at the row, after the rows before it were written:
/// kDataCorrupt with name and row (not UTF-8, malformed, no text column, text not a string).
Result<BulkResult> PredictRows(const classifier::Classifier& model, const BulkOptions& options,
                               const ByteSource& source, const ByteSink& sink, Progress& progress);

}  // namespace valence::pipeline
