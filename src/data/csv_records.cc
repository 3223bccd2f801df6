// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record_reader.h"
#include "valence/data/csv.h"

namespace valence::data::internal {
namespace {

/// CSV or TSV with a header.
class CsvRecords : public RecordReader {
 public:
  CsvRecords(const RecordOptions& options, char separator, RowCollector* rows)
      : options_(options),
        rows_(rows),
        reader_({.separator = separator}, [this](std::uint64_t row, const auto& fields) {
          return row == 1 ? TakeHeader(fields) : TakeRow(row - 1, fields);
        }) {}

  Status Feed(std::string_view bytes) override { return reader_.Feed(bytes); }

  Status Finish() override {
    VALENCE_RETURN_IF_ERROR(reader_.Finish());
    if (field_count_ > 0) return Ok();
    return DataCorrupt("no header; expected one with the columns that ingest.text_column and ingest.label_column name");
  }

 private:
  Status TakeHeader(const std::vector<std::string_view>& fields) {
    field_count_ = fields.size();
    std::vector<std::string> names;
    for (const std::string_view field : fields) {
      VALENCE_TRY(std::string name, ToUtf8(field, options_.encoding));
      names.push_back(std::move(name));
    }
    rows_->columns().SeeHeader(names);
    const IngestConfig& config = options_.config;
    VALENCE_TRY(text_, FindColumn(names, config.text_column, "ingest.text_column"));
    VALENCE_TRY(label_, FindColumn(names, config.label_column, "ingest.label_column"));
    if (config.id_column.empty()) return Ok();
    VALENCE_TRY(id_, FindColumn(names, config.id_column, "ingest.id_column"));
    return Ok();
  }

  static Result<std::size_t> FindColumn(const std::vector<std::string>& names, const std::string& wanted,
                                        std::string_view key) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != wanted) continue;
      if (found.has_value()) return DataCorrupt(fmt::format("row 1: the header has the column '{}' twice", wanted));
      found = i;
    }
    if (found.has_value()) return *found;
    return DataCorrupt(
        fmt::format("row 1: no column '{}'; the header has: {}. Set {}", wanted, fmt::join(names, ", "), key));
  }

  Status TakeRow(std::uint64_t number, const std::vector<std::string_view>& fields) {
    if (fields.size() != field_count_) {
      const std::string_view text = text_ < fields.size() ? fields[text_] : fields[0];
      rows_->Reject(number, kMalformedRow, fmt::format("expected {} fields, found {}", field_count_, fields.size()),
                    text);
      return Ok();
    }
    rows_->columns().SeeFields(number, fields);
    RawRow raw{number, fields[text_], fields[label_], std::nullopt};
    if (id_.has_value()) raw.id = fields[*id_];
    rows_->Add(raw, options_.encoding);
    return Ok();
  }

  RecordOptions options_;
  RowCollector* rows_;
  std::size_t field_count_ = 0;
  std::size_t text_ = 0;
  std::size_t label_ = 0;
  std::optional<std::size_t> id_;
  CsvReader reader_;
};

}  // namespace

std::unique_ptr<RecordReader> MakeCsvReader(const RecordOptions& options, char separator, RowCollector* rows) {
  return std::make_unique<CsvRecords>(options, separator, rows);
}

}  // namespace valence::data::internal
