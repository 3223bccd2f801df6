// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "row_collector.h"
#include "valence/base/result.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

enum class TableFormat { kAuto, kCsv, kTsv, kJsonLines, kJsonArray };

/// Takes the bytes of one file in pieces and gives its rows to a RowCollector. Rows that can be told apart from their
/// neighbours are rejected one by one; what breaks the file's structure is an error (kDataCorrupt, naming row or byte;
/// the caller adds the file).
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual Status Feed(std::string_view bytes) = 0;
  virtual Status Finish() = 0;
};

/// What the readers need to know; must outlive them.
struct RecordOptions {
  const IngestConfig& config;
  Encoding encoding;
};

std::unique_ptr<RecordReader> MakeCsvReader(const RecordOptions& options, char separator, RowCollector* rows);
std::unique_ptr<RecordReader> MakeJsonLinesReader(const RecordOptions& options, RowCollector* rows);
std::unique_ptr<RecordReader> MakeJsonArrayReader(const RecordOptions& options, RowCollector* rows);

/// A reader for `format`; kAuto looks at the file's name (a compression suffix is skipped), then at its first bytes.
std::unique_ptr<RecordReader> MakeRecordReader(TableFormat format, std::string_view file_name,
                                               const RecordOptions& options, RowCollector* rows);

/// The format that a file name tells (".csv", ".tsv", ".jsonl", ".ndjson", ".json", each also with .gz, .xz, .zst,
/// .bz2), else kAuto.
TableFormat FormatOfName(std::string_view file_name);

}  // namespace valence::data::internal
