// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/result.h"

namespace valence::parquet_tool {

/// Writes the columns of a Parquet file to standard output as CSV (RFC 4180, a header, LF), one row group in memory at
/// a time. No `columns`: all. Nulls are empty fields; nested types have no CSV, so name the other columns.
/// Errors: kNotFound (file, column), kDataCorrupt (not Parquet, damaged), kUnavailable (the output).
Status ParquetToCsv(const std::filesystem::path& file, const std::vector<std::string>& columns);

struct CsvToParquetOptions {
  /// Columns kept as strings whatever they look like. Others become numbers or booleans if all their values are.
  std::vector<std::string> as_text = {"id", "text", "label"};
  /// "zstd", "snappy", "gzip" or "none".
  std::string compression = "zstd";
};

/// Reads CSV with a header from standard input into a Parquet file, written atomically, a few megabytes in memory at a
/// time. Types are taken from the first 16 MB. Errors: kDataCorrupt (the CSV, naming the row), kUnavailable (the file).
Status CsvToParquet(const std::filesystem::path& file, const CsvToParquetOptions& options);

}  // namespace valence::parquet_tool
