// SPDX-License-Identifier: Apache-2.0
#include "row_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "valence/base/json.h"
#include "valence/base/utf8.h"
#include "valence/data/csv.h"

namespace valence::pipeline {
namespace {

constexpr std::size_t kMaxLineBytes = 64u << 20;

/// What the readers share: the names that give way, and how one row becomes output bytes.
class BaseReader : public RowReader {
 public:
  BaseReader(const BulkOptions& options, std::vector<std::string> reserved)
      : name_(options.name),
        text_column_(options.text_column),
        to_csv_(options.output == RowFormat::kCsv),
        reserved_(std::move(reserved)) {}
  const std::string& header() const override { return header_; }

 protected:
  std::string OutputName(const std::string& column) const {
    const bool taken = std::find(reserved_.begin(), reserved_.end(), column) != reserved_.end();
    return taken ? "input_" + column : column;
  }

  void SetColumns(const std::vector<std::string>& columns) {
    columns_.clear();
    for (const std::string& column : columns) {
      columns_.push_back(OutputName(column));
      if (!header_.empty()) header_ += ',';
      data::AppendCsvField(columns_.back(), &header_);
    }
  }

  Error RowError(std::uint64_t row, std::string_view what) const {
    return DataCorrupt(fmt::format("{}: row {}: {}", name_, row, what));
  }

  Status CheckText(std::string_view text, std::uint64_t row) const {
    if (const auto bad = utf8::FindInvalid(text)) {
      return RowError(row, fmt::format("byte {} of the text is not UTF-8", *bad));
    }
    return Ok();
  }

  /// Encodes the row's columns for the output; `fields` are views outside the batch.
  template <class Fields>
  void AppendRow(const Fields& fields, std::string_view text, RowBatch* batch) const {
    RowBatch::Row row;
    std::string& bytes = batch->bytes;
    row.text_begin = bytes.size();
    bytes.append(text);
    row.text_end = row.prefix_begin = bytes.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view field = i < fields.size() ? std::string_view(fields[i]) : std::string_view();
      if (to_csv_) {
        if (i > 0) bytes += ',';
        data::AppendCsvField(field, &bytes);
      } else {
        bytes += i == 0 ? '{' : ',';
        AppendJsonString(columns_[i], &bytes);
        bytes += ':';
        AppendJsonString(field, &bytes);
      }
    }
    row.prefix_end = bytes.size();
    batch->rows.push_back(row);
  }

  std::string name_;
  std::string text_column_;
  bool to_csv_;
  std::vector<std::string> columns_;  // output names
  std::string header_;

 private:
  std::vector<std::string> reserved_;
};

class CsvRows final : public BaseReader {
 public:
  CsvRows(const BulkOptions& options, std::vector<std::string> reserved, char separator)
      : BaseReader(options, std::move(reserved)),
        reader_({.separator = separator},
                [this](std::uint64_t row, const auto& fields) { return OnRow(row, fields); }) {}

  Status Feed(std::string_view bytes, RowBatch* batch) override {
    batch_ = batch;
    auto status = reader_.Feed(bytes);
    return status ? Ok() : Status(std::move(status).error().With(name_));
  }
  Status Finish(RowBatch* batch) override {
    batch_ = batch;
    auto status = reader_.Finish();
    return status ? Ok() : Status(std::move(status).error().With(name_));
  }

 private:
  Status OnRow(std::uint64_t row, const std::vector<std::string_view>& fields) {
    if (row == 1) return OnHeader(fields);
    if (fields.size() == 1 && fields[0].empty() && columns_.size() > 1) return Ok();  // a blank line
    if (fields.size() != columns_.size()) {
      return DataCorrupt(fmt::format("row {}: {} fields, the header has {}", row, fields.size(), columns_.size()));
    }
    if (const auto bad = utf8::FindInvalid(fields[text_index_])) {
      return DataCorrupt(fmt::format("row {}: byte {} of the text is not UTF-8", row, *bad));
    }
    AppendRow(fields, fields[text_index_], batch_);
    return Ok();
  }

  Status OnHeader(const std::vector<std::string_view>& fields) {
    const auto at = std::find(fields.begin(), fields.end(), text_column_);
    if (at == fields.end()) {
      return DataCorrupt(fmt::format("row 1: no column '{}'; the columns are: {} (name yours with --text-column)",
                                     text_column_, fmt::join(fields, ", ")));
    }
    text_index_ = static_cast<std::size_t>(at - fields.begin());
    SetColumns({fields.begin(), fields.end()});
    return Ok();
  }

  data::CsvReader reader_;
  RowBatch* batch_ = nullptr;
  std::size_t text_index_ = 0;
};

/// Cuts bytes into lines (LF or CRLF) and hands each to OnLine.
class LineRows : public BaseReader {
 public:
  using BaseReader::BaseReader;

  Status Feed(std::string_view bytes, RowBatch* batch) override {
    while (!bytes.empty()) {
      const std::size_t newline = bytes.find('\n');
      if (newline == std::string_view::npos) break;
      std::string_view line = bytes.substr(0, newline);
      if (!pending_.empty()) line = pending_.append(line);
      VALENCE_RETURN_IF_ERROR(Take(line, batch));
      pending_.clear();
      bytes.remove_prefix(newline + 1);
    }
    if (pending_.size() + bytes.size() > kMaxLineBytes) {
      return RowError(row_ + 1, fmt::format("longer than {} bytes", kMaxLineBytes));
    }
    pending_.append(bytes);
    return Ok();
  }
  Status Finish(RowBatch* batch) override {
    if (pending_.empty()) return Ok();
    const std::string line = std::exchange(pending_, {});
    return Take(line, batch);
  }

 protected:
  virtual Status OnLine(std::string_view line, RowBatch* batch) = 0;
  std::uint64_t row_ = 0;

 private:
  Status Take(std::string_view line, RowBatch* batch) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++row_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    return OnLine(line, batch);
  }
  std::string pending_;
};

class PlainRows final : public LineRows {
 public:
  PlainRows(const BulkOptions& options, std::vector<std::string> reserved) : LineRows(options, std::move(reserved)) {
    SetColumns({text_column_});
  }

 private:
  Status OnLine(std::string_view line, RowBatch* batch) override {
    VALENCE_RETURN_IF_ERROR(CheckText(line, row_));
    AppendRow(std::vector<std::string_view>{line}, line, batch);
    return Ok();
  }
};

class JsonRows final : public LineRows {
 public:
  using LineRows::LineRows;

 private:
  Status OnLine(std::string_view line, RowBatch* batch) override {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return Ok();
    auto parsed = Json::Parse(line);
    if (!parsed) return RowError(row_, parsed.error().message);
    const Json* text = parsed->Find(text_column_);
    if (text == nullptr || !text->is_string()) {
      return RowError(row_, fmt::format("expected an object with a text in \"{}\"", text_column_));
    }
    if (to_csv_) return AppendCsv(*parsed, text->string(), batch);
    AppendObject(*parsed, text->string(), batch);
    return Ok();
  }

  Status AppendCsv(const Json& object, std::string_view text, RowBatch* batch) {
    if (columns_.empty()) {
      for (const auto& [key, value] : object.object()) keys_.push_back(key);
      SetColumns(keys_);
    }
    std::vector<std::string> fields;
    for (const std::string& key : keys_) {
      const Json* value = object.Find(key);
      fields.push_back(value == nullptr || value->is_null() ? ""
                       : value->is_string()                 ? value->string()
                                                            : value->Dump());
    }
    AppendRow(fields, text, batch);
    return Ok();
  }

  void AppendObject(const Json& object, std::string_view text, RowBatch* batch) const {
    RowBatch::Row row;
    std::string& bytes = batch->bytes;
    row.text_begin = bytes.size();
    bytes.append(text);
    row.text_end = row.prefix_begin = bytes.size();
    for (const auto& [key, value] : object.object()) {
      bytes += bytes.size() == row.prefix_begin ? '{' : ',';
      AppendJsonString(OutputName(key), &bytes);
      bytes += ':';
      bytes += value.Dump();
    }
    row.prefix_end = bytes.size();
    batch->rows.push_back(row);
  }

  std::vector<std::string> keys_;
};

}  // namespace

std::unique_ptr<RowReader> RowReader::Make(RowFormat input, const BulkOptions& options,
                                           std::vector<std::string> reserved) {
  switch (input) {
    case RowFormat::kTsv:
      return std::make_unique<CsvRows>(options, std::move(reserved), '\t');
    case RowFormat::kJsonl:
      return std::make_unique<JsonRows>(options, std::move(reserved));
    case RowFormat::kLines:
      return std::make_unique<PlainRows>(options, std::move(reserved));
    case RowFormat::kAuto:
    case RowFormat::kCsv:
      break;
  }
  return std::make_unique<CsvRows>(options, std::move(reserved), ',');
}

RowFormat DetectRowFormat(const BulkOptions& options, std::string_view first_bytes) {
  const std::string extension = std::filesystem::path(options.name).extension().string();
  if (extension == ".csv") return RowFormat::kCsv;
  if (extension == ".tsv") return RowFormat::kTsv;
  if (extension == ".jsonl" || extension == ".ndjson") return RowFormat::kJsonl;
  if (extension == ".txt") return RowFormat::kLines;
  if (first_bytes.starts_with("\xEF\xBB\xBF")) first_bytes.remove_prefix(3);
  if (first_bytes.starts_with('{')) return RowFormat::kJsonl;

  // A header is a first line with a cell that is exactly the text column's name.
  const std::string_view line = first_bytes.substr(0, first_bytes.find_first_of("\r\n"));
  const std::string quoted = '"' + options.text_column + '"';
  for (const char separator : {',', '\t'}) {
    std::size_t begin = 0;
    while (begin <= line.size()) {
      const std::size_t end = std::min(line.find(separator, begin), line.size());
      const std::string_view cell = line.substr(begin, end - begin);
      if (cell == options.text_column || cell == quoted) return separator == ',' ? RowFormat::kCsv : RowFormat::kTsv;
      begin = end + 1;
    }
  }
  return RowFormat::kLines;
}

}  // namespace valence::pipeline
