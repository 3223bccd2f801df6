// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "json_splitter.h"
#include "record_reader.h"
#include "valence/base/json.h"
#include "valence/base/numbers.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kMaxRecordBytes = 64u << 20;
constexpr std::string_view kBom = "\xEF\xBB\xBF";

constexpr double kTwoTo63 = 9223372036854775808.0;

/// A scalar as the text it stands for: true, 1, 0.5 as they are written. nullopt for arrays and objects, and for a
/// number that may have been a whole one of more digits than a double has: two ids must not become one.
std::optional<std::string> ScalarText(const Json& value) {
  if (value.is_string()) return value.string();
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  if (value.is_int()) return std::to_string(value.integer());
  if (value.is_number() && std::fabs(value.number()) < kTwoTo63) return FormatDouble(value.number());
  return std::nullopt;
}

std::string MemberNames(const Json& record) {
  std::string names;
  for (const auto& [name, value] : record.object()) {
    if (!names.empty()) names += ", ";
    names += name;
    if (names.size() > 200) return names + ", ...";
  }
  return names.empty() ? "none" : names;
}

/// Turns the text of one JSON object into a row, or a rejection.
class JsonRecords {
 public:
  JsonRecords(const RecordOptions& options, RowCollector* rows) : options_(options), rows_(rows) {}

  void Take(std::uint64_t number, std::string_view bytes) {
    const Result<std::string> text = ToUtf8(bytes, options_.encoding);
    if (!text.has_value()) return rows_->Reject(number, kInvalidUtf8, text.error().message, bytes);
    const Result<Json> record = Json::Parse(*text);
    if (!record.has_value()) return rows_->Reject(number, kMalformedRow, record.error().message, bytes);
    if (!record->is_object()) return rows_->Reject(number, kMalformedRow, "not an object", bytes);
    TakeObject(number, *record, bytes);
  }

 private:
  void TakeObject(std::uint64_t number, const Json& record, std::string_view bytes) {
    rows_->columns().SeeRecord(number, record);
    const IngestConfig& config = options_.config;
    const Json* text = record.Find(config.text_column);
    if (text == nullptr || text->is_null()) {
      const std::string detail = fmt::format("no '{}'; the members are: {}", config.text_column, MemberNames(record));
      return rows_->Reject(number, kEmptyText, detail, bytes);
    }
    if (!text->is_string()) {
      return rows_->Reject(number, kMalformedRow, fmt::format("'{}' is not a string", config.text_column), bytes);
    }
    std::optional<std::string> label, id;
    if (!TakeScalar(record, config.label_column, &label) || !TakeScalar(record, config.id_column, &id)) {
      return rows_->Reject(number, kMalformedRow,
                           "the label or id is an array, an object, or a number beyond 64 bits, which needs quotes",
                           bytes);
    }
    rows_->Add({number, text->string(), label, id}, Encoding::kUtf8);
  }

  /// False if the member is neither null nor a scalar that ScalarText takes.
  static bool TakeScalar(const Json& record, const std::string& column, std::optional<std::string>* out) {
    const Json* value = column.empty() ? nullptr : record.Find(column);
    if (value == nullptr || value->is_null()) return true;
    *out = ScalarText(*value);
    return out->has_value();
  }

  RecordOptions options_;
  RowCollector* rows_;
};

class JsonLines : public RecordReader {
 public:
  JsonLines(const RecordOptions& options, RowCollector* rows) : records_(options, rows) {}

  Status Feed(std::string_view bytes) override {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      VALENCE_RETURN_IF_ERROR(Append(bytes.substr(0, end)));
      EndLine();
      bytes.remove_prefix(end + 1);
    }
    return Append(bytes);
  }

  Status Finish() override {
    EndLine();
    return Ok();
  }

 private:
  Status Append(std::string_view bytes) {
    if (line_.size() + bytes.size() > kMaxRecordBytes) {
      return DataCorrupt(fmt::format("line {}: more than {} bytes", line_number_, kMaxRecordBytes));
    }
    line_ += bytes;
    return Ok();
  }

  void EndLine() {
    std::string_view line = line_;
    if (line_number_ == 1 && line.substr(0, kBom.size()) == kBom) line.remove_prefix(kBom.size());
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) records_.Take(++record_number_, line);
    line_.clear();
    ++line_number_;
  }

  JsonRecords records_;
  std::string line_;
  std::uint64_t line_number_ = 1;
  std::uint64_t record_number_ = 0;
};

class JsonArray : public RecordReader {
 public:
  JsonArray(const RecordOptions& options, RowCollector* rows)
      : records_(options, rows), splitter_(kMaxRecordBytes, [this](std::uint64_t number, std::string_view element) {
          records_.Take(number, element);
        }) {}
  Status Feed(std::string_view bytes) override { return splitter_.Feed(bytes); }
  Status Finish() override { return splitter_.Finish(); }

 private:
  JsonRecords records_;
  JsonArraySplitter splitter_;
};

}  // namespace

std::unique_ptr<RecordReader> MakeJsonLinesReader(const RecordOptions& options, RowCollector* rows) {
  return std::make_unique<JsonLines>(options, rows);
}

std::unique_ptr<RecordReader> MakeJsonArrayReader(const RecordOptions& options, RowCollector* rows) {
  return std::make_unique<JsonArray>(options, rows);
}

}  // namespace valence::data::internal
