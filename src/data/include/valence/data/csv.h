// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/data/document.h"

namespace valence::data {

/// Incremental RFC 4180 reader: feed bytes as they come, get rows. Quoted fields may hold separators, quotes ("") and
/// newlines; rows end with LF, CRLF or a lone CR (as in pandas); an empty line is no row; a UTF-8 BOM at the start is
/// skipped; a NUL is a byte as any other. Memory: one row. Errors (kDataCorrupt) name row and byte: an unclosed quote
/// at the end, a quote inside an unquoted field, text after a closing quote, a field or a row over its limit. After an
/// error the reader must not be fed again. Not thread-safe.
class CsvReader {
 public:
  struct Options {
    char separator = ',';
    std::size_t max_field_bytes = 64u << 20;
    std::size_t max_fields = 4096;
    std::size_t max_row_bytes = std::size_t{1} << 40;  ///< of all fields together
  };
  /// `row` counts from 1 and includes the header; fields are valid during the call only. Return an error to stop.
  using RowHandler = std::function<Status(std::uint64_t row, const std::vector<std::string_view>& fields)>;

  CsvReader(Options options, RowHandler handler);
  Status Feed(std::string_view bytes);
  /// Tells that no more bytes come; hands out a last row without a newline.
  Status Finish();

 private:
  enum class State { kRowStart, kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kAfterCr };

  /// Each takes the bytes at `p` that its state is about, and returns where the next state goes on.
  Result<const char*> Consume(const char* p, const char* end);
  Result<const char*> ConsumePlain(const char* p, const char* end);
  Result<const char*> ConsumeQuoted(const char* p, const char* end);
  /// `c` ends the field: a separator, CR or LF.
  Status EndField(char c);
  Status EndRow();
  Status AppendToField(const char* begin, const char* end);
  Status FeedWithoutBom(std::string_view bytes);
  /// The error for the byte at `p`.
  Error ErrorAt(const char* p, std::string_view what) const;

  Options options_;
  RowHandler handler_;
  State state_ = State::kRowStart;
  std::string bom_;  ///< bytes held back while they may still become a BOM
  bool bom_done_ = false;
  std::string row_bytes_;  ///< the fields of this row, one after the other
  std::vector<std::size_t> field_ends_;
  std::vector<std::string_view> fields_;
  std::uint64_t row_ = 1;
  std::uint64_t byte_ = 0;  ///< offset in the file of feed_begin_
  const char* feed_begin_ = nullptr;
  std::uint64_t field_byte_ = 0;  ///< where the current field begins
};

/// Appends one field, quoted only if it must be (separator, quote, CR, LF).
void AppendCsvField(std::string_view field, std::string* out, char separator = ',');

/// Reads a CSV with a header as written by the stages: columns id,text,label (any order, others ignored). Errors:
/// kNotFound; kDataCorrupt naming file and row: a missing column, a row of another length, invalid UTF-8.
Result<std::vector<Document>> ReadDocuments(const std::filesystem::path& path);
/// Writes the columns id,text,label atomically. Same documents, same bytes.
Status WriteDocuments(const std::filesystem::path& path, const std::vector<Document>& documents);
/// Writes the columns source,row,reason,detail,text atomically.
Status WriteRejected(const std::filesystem::path& path, const std::vector<RejectedRow>& rows);

}  // namespace valence::data
