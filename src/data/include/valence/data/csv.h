// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/files.h"
#include "valence/base/result.h"

namespace valence::data {

/// Incremental RFC 4180 reader: feed bytes as they come, get rows. Quoted fields may hold separators, quotes ("") and
/// newlines; rows end with LF or CRLF; a UTF-8 BOM at the start is skipped. Memory: one row. Errors (kDataCorrupt) name
/// row and byte: an unclosed quote at the end, a quote inside an unquoted field, text after a closing quote, a field
/// over the limit.
class CsvReader {
 public:
  struct Options {
    char separator = ',';
    std::size_t max_field_bytes = 64u << 20;
    std::size_t max_fields = 4096;
  };
  /// `row` counts from 1 and includes the header; fields are valid during the call only. Return an error to stop.
  using RowHandler = std::function<Status(std::uint64_t row, const std::vector<std::string_view>& fields)>;

  CsvReader(Options options, RowHandler handler);
  Status Feed(std::string_view bytes);
  /// Tells that no more bytes come; hands out a last row without a newline.
  Status Finish();

 private:
  Status EndField();
  Status EndRow();
  Options options_;
  RowHandler handler_;
  enum class State { kRowStart, kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kAfterCr } state_ = State::kRowStart;
  std::string row_bytes_;
  std::vector<std::size_t> field_ends_;
  std::vector<std::string_view> fields_;
  std::uint64_t row_ = 1;
  std::uint64_t byte_ = 0;
};

/// Appends one field, quoted only if it must be (separator, quote, CR, LF).
void AppendCsvField(std::string_view field, std::string* out, char separator = ',');

/// Reads a CSV with a header as written by the stages: columns id,text,label (any order, others ignored).
struct Document;
Result<std::vector<Document>> ReadDocuments(const std::filesystem::path& path);
/// Writes the columns id,text,label atomically. Same documents, same bytes.
Status WriteDocuments(const std::filesystem::path& path, const std::vector<Document>& documents);

}  // namespace valence::data
