// SPDX-License-Identifier: Apache-2.0
#include "batch_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "predict_answer.h"
#include "valence/base/json.h"
#include "valence/base/utf8.h"
#include "valence/data/csv.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxColumns = 256;
constexpr std::size_t kRowOverhead = 64u << 10;  // beyond the text, for the other columns

/// The names of our own columns, and what columns of the upload are called beside them.
class Columns {
 public:
  explicit Columns(const std::vector<std::string>& labels) : names_{"label", "score"} {
    for (const std::string& label : labels) names_.push_back("probability_" + label);
    names_.push_back("error");
  }
  const std::vector<std::string>& names() const { return names_; }
  std::string Theirs(std::string_view name) const {
    const bool taken = std::find(names_.begin(), names_.end(), name) != names_.end();
    return (taken ? "input_" : "") + std::string(name);
  }

 private:
  std::vector<std::string> names_;
};

/// Why `text` cannot be scored, or "".
std::string FaultOf(std::string_view text, const TextLimits& limits) {
  if (const auto byte = utf8::FindInvalid(text)) return fmt::format("byte {} of the text is not UTF-8", *byte);
  const auto fault = CheckText(text, "text", limits);
  return fault.has_value() ? fault->message : std::string();
}

class CsvBatch final : public BatchRows {
 public:
  CsvBatch(const BatchFormat& format, Scorer score)
      : format_(format),
        score_(std::move(score)),
        ours_(*format.labels),
        reader_({.max_field_bytes = format.limits.max_text_bytes + kRowOverhead,
                 .max_fields = kMaxColumns,
                 .max_row_bytes = format.limits.max_text_bytes + kRowOverhead},
                [this](std::uint64_t row, const auto& fields) { return OnRow(row, fields); }) {}

  std::optional<HttpError> Feed(std::string_view bytes, std::string* out) override {
    out_ = out;
    return AsFault(reader_.Feed(bytes));
  }

  std::optional<HttpError> Finish(std::string* out) override {
    out_ = out;
    if (auto fault = AsFault(reader_.Finish())) return fault;
    if (columns_ == 0) return HttpError{400, "the upload is empty: expected CSV with a header"};
    return std::nullopt;
  }

  void AppendError(std::string_view message, std::string* out) override {
    out->append(columns_ == 0 ? 0 : columns_ - 1, ',');
    AppendFault(message, out);
  }

 private:
  using Fields = std::vector<std::string_view>;

  static std::optional<HttpError> AsFault(const Status& status) {
    if (status.has_value()) return std::nullopt;
    return HttpError{400, status.error().message};
  }

  Status OnRow(std::uint64_t row, const Fields& fields) {
    if (row == 1) return OnHeader(fields);
    if (fields.size() != columns_) {
      AppendFields(fields);
      AppendFault(
          fmt::format("row {}: {} fields, the header has {}", format_.row_offset + row, fields.size(), columns_), out_);
      return Ok();
    }
    AppendFields(fields);
    const std::string_view text = fields[text_at_];
    if (const std::string fault = FaultOf(text, format_.limits); !fault.empty()) {
      AppendFault(fmt::format("row {}: {}", format_.row_offset + row, fault), out_);
    } else {
      AppendPrediction(score_(text));
    }
    return Ok();
  }

  Status OnHeader(const Fields& fields) {
    const auto at = std::find(fields.begin(), fields.end(), format_.text_column);
    if (at == fields.end()) {
      return DataCorrupt(fmt::format("row 1: no column '{}'; the columns are: {} (name yours with ?text_column=)",
                                     format_.text_column, utf8::Repair(fmt::format("{}", fmt::join(fields, ", ")))));
    }
    text_at_ = static_cast<std::size_t>(at - fields.begin());
    columns_ = fields.size();
    for (const std::string_view field : fields) AppendCell(ours_.Theirs(field));
    for (const std::string& name : ours_.names()) AppendCell(name);
    out_->back() = '\n';
    return Ok();
  }

  void AppendCell(std::string_view cell) {
    data::AppendCsvField(cell, out_);
    out_->push_back(',');
  }

  /// As many as the header has, so that what follows stands in its column.
  void AppendFields(const Fields& fields) {
    for (std::size_t i = 0; i < columns_; ++i) {
      if (i > 0) out_->push_back(',');
      if (i < fields.size()) AppendValid(fields[i]);
    }
  }

  void AppendValid(std::string_view field) {
    if (utf8::IsValid(field)) return data::AppendCsvField(field, out_);
    data::AppendCsvField(utf8::Repair(field), out_);
  }

  void AppendFault(std::string_view message, std::string* out) const {
    out->append(ours_.names().size(), ',');
    data::AppendCsvField(message, out);
    out->push_back('\n');
  }

  void AppendPrediction(const classifier::Prediction& prediction) {
    const auto label = static_cast<std::size_t>(prediction.label);
    out_->push_back(',');
    data::AppendCsvField((*format_.labels)[label], out_);
    out_->push_back(',');
    AppendJsonNumber(AnswerWriter::ScoreOf(prediction, label), out_);
    for (const double probability : prediction.probabilities) {
      out_->push_back(',');
      AppendJsonNumber(probability, out_);
    }
    out_->append(",\n");
  }

  const BatchFormat format_;
  const Scorer score_;
  const Columns ours_;
  data::CsvReader reader_;
  std::string* out_ = nullptr;
  std::size_t columns_ = 0;
  std::size_t text_at_ = 0;
};

class JsonLinesBatch final : public BatchRows {
 public:
  JsonLinesBatch(const BatchFormat& format, Scorer score)
      : format_(format),
        score_(std::move(score)),
        ours_(*format.labels),
        max_line_(6 * format.limits.max_text_bytes + kRowOverhead),
        row_(format.row_offset) {}  // \u0061 is one byte of a text

  std::optional<HttpError> Feed(std::string_view bytes, std::string* out) override {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      Collect(bytes.substr(0, end));
      TakeLine(out);
      bytes.remove_prefix(end + 1);
    }
    Collect(bytes);
    return std::nullopt;
  }

  std::optional<HttpError> Finish(std::string* out) override {
    if (!line_.empty() || too_long_) TakeLine(out);
    return std::nullopt;
  }

  void AppendError(std::string_view message, std::string* out) override {
    out->append(R"({"error":)");
    AppendJsonString(message, out);
    out->append("}\n");
  }

 private:
  void Collect(std::string_view part) {
    too_long_ = too_long_ || line_.size() + part.size() > max_line_;
    if (too_long_) {
      line_.clear();
    } else {
      line_.append(part);
    }
  }

  void TakeLine(std::string* out) {
    ++row_;
    std::string_view line = line_;
    if (row_ == format_.row_offset + 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (std::exchange(too_long_, false)) {
      AppendError(fmt::format("row {}: a line of more than {} bytes", row_, max_line_), out);
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      Answer(line, out);
    }
    line_.clear();
  }

  void Answer(std::string_view line, std::string* out) {
    const auto object = Json::Parse(line);
    if (!object.has_value()) return AppendError(fmt::format("row {}: {}", row_, object.error().message), out);
    const Json* const text = object->Find(format_.text_column);
    if (text == nullptr || !text->is_string()) {
      return AppendError(fmt::format("row {}: expected an object with a text in \"{}\"", row_, format_.text_column),
                         out);
    }
    out->push_back('{');
    for (const auto& [key, value] : object->object()) {
      AppendJsonString(ours_.Theirs(key), out);
      out->append(":").append(value.Dump()).push_back(',');
    }
    if (const std::string fault = FaultOf(text->string(), format_.limits); !fault.empty()) {
      out->append(R"("error":)");
      AppendJsonString(fmt::format("row {}: {}", row_, fault), out);
    } else {
      AppendPrediction(score_(text->string()), out);
    }
    out->append("}\n");
  }

  void AppendPrediction(const classifier::Prediction& prediction, std::string* out) const {
    const auto label = static_cast<std::size_t>(prediction.label);
    out->append(R"("label":)");
    AppendJsonString((*format_.labels)[label], out);
    out->append(R"(,"score":)");
    AppendJsonNumber(AnswerWriter::ScoreOf(prediction, label), out);
    for (std::size_t i = 0; i < prediction.probabilities.size(); ++i) {
      out->push_back(',');
      AppendJsonString(ours_.names()[2 + i], out);
      out->push_back(':');
      AppendJsonNumber(prediction.probabilities[i], out);
    }
  }

  const BatchFormat format_;
  const Scorer score_;
  const Columns ours_;
  const std::size_t max_line_;
  std::string line_;
  bool too_long_ = false;
  std::uint64_t row_;
};

}  // namespace

std::unique_ptr<BatchRows> BatchRows::Make(const BatchFormat& format, Scorer score) {
  if (format.json_lines) return std::make_unique<JsonLinesBatch>(format, std::move(score));
  return std::make_unique<CsvBatch>(format, std::move(score));
}

}  // namespace valence::serving
