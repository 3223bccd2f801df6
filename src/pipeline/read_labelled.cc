// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "valence/base/files.h"
#include "valence/base/utf8.h"
#include "valence/data/csv.h"
#include "valence/pipeline/evaluate.h"

namespace valence::pipeline {
namespace {

using Fields = std::vector<std::string_view>;

Result<std::size_t> FindColumn(const Fields& header, const std::string& name) {
  const auto at = std::find(header.begin(), header.end(), name);
  if (at == header.end()) {
    return DataCorrupt(fmt::format("row 1: no column '{}'; the columns are: {}", name, fmt::join(header, ", ")));
  }
  return static_cast<std::size_t>(at - header.begin());
}

}  // namespace

Result<data::Dataset> ReadLabelled(const std::filesystem::path& path, const std::string& text_column,
                                   const std::string& label_column) {
  VALENCE_TRY(const MappedFile file, MappedFile::Open(path));
  data::Dataset documents;
  std::size_t text = 0, label = 0;
  const auto on_row = [&](std::uint64_t row, const Fields& fields) -> Status {
    if (row == 1) {
      VALENCE_TRY(text, FindColumn(fields, text_column));
      VALENCE_TRY(label, FindColumn(fields, label_column));
      return Ok();
    }
    if (fields.size() <= std::max(text, label)) {
      return DataCorrupt(fmt::format("row {}: only {} fields", row, fields.size()));
    }
    if (const auto bad = utf8::FindInvalid(fields[text])) {
      return DataCorrupt(fmt::format("row {}: byte {} of the text is not UTF-8", row, *bad));
    }
    documents.push_back({fmt::format("row {}", row), std::string(fields[text]), std::string(fields[label])});
    return Ok();
  };
  data::CsvReader reader({}, on_row);
  Status status = reader.Feed(file.bytes());
  if (status) status = reader.Finish();
  if (!status) return std::move(status).error().With(path.string());
  return documents;
}

}  // namespace valence::pipeline
