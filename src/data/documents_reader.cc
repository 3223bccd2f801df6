// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "file_blocks.h"
#include "valence/base/utf8.h"
#include "valence/data/csv.h"

namespace valence::data {
namespace {

/// Turns rows into documents, by the columns that the header names.
class DocumentRows {
 public:
  Status Take(std::uint64_t row, const std::vector<std::string_view>& fields) {
    if (row == 1) return TakeHeader(fields);
    if (fields.size() != field_count_) {
      return DataCorrupt(fmt::format("row {}: expected {} fields, found {}", row, field_count_, fields.size()));
    }
    for (const std::size_t column : columns_) {
      if (const auto bad = utf8::FindInvalid(fields[column]); bad.has_value()) {
        return DataCorrupt(fmt::format("row {}: byte {} of field {} is not UTF-8", row, *bad, column + 1));
      }
    }
    documents_.push_back(
        {std::string(fields[columns_[0]]), std::string(fields[columns_[1]]), std::string(fields[columns_[2]])});
    return Ok();
  }

  bool has_header() const { return field_count_ > 0; }
  std::vector<Document> Release() { return std::move(documents_); }

 private:
  Status TakeHeader(const std::vector<std::string_view>& fields) {
    constexpr std::array<std::string_view, 3> kNames{"id", "text", "label"};
    field_count_ = fields.size();
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const auto found = std::find(fields.begin(), fields.end(), kNames[i]);
      if (found == fields.end()) {
        return DataCorrupt(fmt::format("row 1: expected the columns id,text,label, found {}", fmt::join(fields, ",")));
      }
      columns_[i] = static_cast<std::size_t>(found - fields.begin());
    }
    return Ok();
  }

  std::array<std::size_t, 3> columns_{};
  std::size_t field_count_ = 0;
  std::vector<Document> documents_;
};

Result<std::vector<Document>> ReadRows(const std::filesystem::path& path) {
  DocumentRows rows;
  CsvReader reader({}, [&](std::uint64_t row, const auto& fields) { return rows.Take(row, fields); });
  VALENCE_RETURN_IF_ERROR(internal::ForEachBlock(path, [&](std::string_view block) { return reader.Feed(block); }));
  VALENCE_RETURN_IF_ERROR(reader.Finish());
  if (!rows.has_header()) return DataCorrupt("the file is empty; expected the columns id,text,label");
  return rows.Release();
}

}  // namespace

Result<std::vector<Document>> ReadDocuments(const std::filesystem::path& path) {
  auto documents = ReadRows(path);
  if (documents.has_value()) return documents;
  // File errors name the path already.
  const bool is_content = documents.error().code == ErrorCode::kDataCorrupt;
  return is_content ? std::move(documents).error().With(path.string()) : std::move(documents).error();
}

}  // namespace valence::data
