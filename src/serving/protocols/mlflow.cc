// SPDX-License-Identifier: Apache-2.0
#include "mlflow.h"

#include <fmt/format.h>

#include <array>

#include "../operations.h"
#include "../predict_answer.h"
#include "../request_text.h"
#include "valence/base/json.h"
#include "valence/base/utf8.h"
#include "valence/data/csv.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

using Fault = std::optional<HttpError>;

constexpr std::string_view kColumn = "text";
constexpr std::string_view kSchema = "SCHEMA_ENFORCEMENT_FAILED";
constexpr std::string_view kBadParameter = "INVALID_PARAMETER_VALUE";
constexpr std::array<std::string_view, 4> kForms = {"dataframe_split", "dataframe_records", "instances", "inputs"};

HttpError NoColumn(std::string_view form) {
  return {
      400, fmt::format("Failed to enforce schema: '{}' has no column 'text'", form), std::string(form), {}, kSchema};
}

/// As Add, but what is no text breaks the model's schema.
Fault AddCell(dom::element value, std::string_view form, TextCollector* texts) {
  if (value.is_string()) return texts->Add(value, form);
  return HttpError{400,
                   fmt::format("Failed to enforce schema: the column 'text' of '{}' holds {}, expected strings", form,
                               TypeName(value)),
                   std::string(form),
                   {},
                   kSchema};
}

Fault AddRecord(dom::element value, std::string_view form, TextCollector* texts) {
  dom::object record;
  if (value.get(record) != simdjson::SUCCESS) return WrongType(std::string(form), "objects, one a row", value);
  const auto cell = FindMember(record, kColumn);
  return cell.has_value() ? AddCell(*cell, form, texts) : NoColumn(form);
}

Fault ReadRecords(dom::element value, std::string_view form, TextCollector* texts) {
  dom::array rows;
  if (value.get(rows) != simdjson::SUCCESS) return WrongType(std::string(form), "an array", value);
  for (const dom::element row : rows) {
    if (auto fault = AddRecord(row, form, texts)) return fault;
  }
  return std::nullopt;
}

/// Scalars or records, one a row.
Fault ReadInstances(dom::element value, std::string_view form, TextCollector* texts) {
  dom::array rows;
  if (value.get(rows) != simdjson::SUCCESS) return WrongType(std::string(form), "an array", value);
  for (const dom::element row : rows) {
    if (auto fault = row.is_object() ? AddRecord(row, form, texts) : AddCell(row, form, texts)) return fault;
  }
  return std::nullopt;
}

/// A list, or `{"text": list or text}`.
Fault ReadInputs(dom::element value, TextCollector* texts) {
  dom::object named;
  if (value.get(named) != simdjson::SUCCESS) return ReadInstances(value, "inputs", texts);
  const auto column = FindMember(named, kColumn);
  if (!column.has_value()) return NoColumn("inputs");
  return column->is_array() ? ReadInstances(*column, "inputs", texts) : AddCell(*column, "inputs", texts);
}

Fault FindColumn(dom::object split, std::size_t* width, std::size_t* place) {
  const auto value = FindMember(split, "columns");
  dom::array columns;
  if (!value.has_value()) return NoColumn(kForms[0]);
  if (value->get(columns) != simdjson::SUCCESS) return WrongType("dataframe_split.columns", "an array", *value);
  *width = columns.size();
  *place = *width;
  std::size_t index = 0;
  for (const dom::element column : columns) {
    std::string_view name;
    if (column.get(name) == simdjson::SUCCESS && name == kColumn) *place = index;
    ++index;
  }
  if (*place == *width) return NoColumn(kForms[0]);
  return std::nullopt;
}

Fault ReadSplit(dom::element value, TextCollector* texts) {
  dom::object split;
  if (value.get(split) != simdjson::SUCCESS) return WrongType(std::string(kForms[0]), "an object", value);
  std::size_t width = 0;
  std::size_t place = 0;
  if (auto fault = FindColumn(split, &width, &place)) return fault;
  const auto data = FindMember(split, "data");
  dom::array rows;
  if (!data.has_value()) return HttpError{400, "'dataframe_split.data' is missing", "dataframe_split.data"};
  if (data->get(rows) != simdjson::SUCCESS) return WrongType("dataframe_split.data", "an array of rows", *data);
  for (const dom::element row : rows) {
    dom::array cells;
    if (row.get(cells) != simdjson::SUCCESS || cells.size() != width) {
      return HttpError{400, fmt::format("'dataframe_split.data': expected rows of {} values", width),
                       "dataframe_split.data"};
    }
    if (auto fault = AddCell(cells.at(place).value_unsafe(), kForms[0], texts)) return fault;
  }
  return std::nullopt;
}

Fault ReadForm(dom::object members, TextCollector* texts) {
  std::string_view form;
  dom::element value;
  std::size_t forms = 0;
  for (const auto [key, member] : members) {
    if (std::find(kForms.begin(), kForms.end(), key) == kForms.end()) continue;
    form = key;
    value = member;
    ++forms;
  }
  if (forms != 1) {
    return HttpError{400,
                     fmt::format("the input must have exactly one of {}, found {}", fmt::join(kForms, ", "), forms)};
  }
  if (form == kForms[0]) return ReadSplit(value, texts);
  if (form == kForms[1]) return ReadRecords(value, form, texts);
  if (form == kForms[2]) return ReadInstances(value, form, texts);
  return ReadInputs(value, texts);
}

/// Parameters that the model does not have are ignored, as MLflow does.
Fault ReadParams(dom::object members, std::optional<double>* threshold) {
  const auto value = FindMember(members, "params");
  dom::object params;
  if (!value.has_value() || value->is_null()) return std::nullopt;
  if (value->get(params) != simdjson::SUCCESS) {
    return HttpError{
        400, fmt::format("'params': expected an object, found {}", TypeName(*value)), "params", {}, kBadParameter};
  }
  const auto given = FindMember(params, "threshold");
  if (!given.has_value()) return std::nullopt;
  double number = 0;
  if (given->get(number) != simdjson::SUCCESS || number < 0 || number > 1) {
    return HttpError{400, "'params.threshold': expected a number from 0 to 1", "params.threshold", {}, kBadParameter};
  }
  *threshold = number;
  return std::nullopt;
}

void Answer(Exchange& exchange, std::optional<double> threshold) {
  if (!exchange.ChooseModel({})) return;
  const AnswerWriter& writer = exchange.model->writer();
  const std::vector<std::string>& labels = writer.quoted_labels();
  if (labels.size() != 2) threshold.reset();  // a parameter that this model does not have
  std::string& out = exchange.response->body;
  out.append(R"({"predictions": [)");
  for (const std::string_view text : exchange.state.texts) {
    if (out.back() == '}') out.append(", ");
    const classifier::Prediction& p = exchange.Score(text);
    const std::size_t label = AnswerWriter::Decide(p, threshold);
    out.append(R"({"label": )").append(labels[label]).append(R"(, "score": )");
    AppendDouble(AnswerWriter::ScoreOf(p, label), &out);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      out.append(R"(, "probability_)").append(std::string_view(labels[i]).substr(1)).append(": ");
      AppendDouble(p.probabilities[i], &out);
    }
    out.push_back('}');
  }
  out.append("]}");
}

std::string_view ErrorCode(const HttpError& error) {
  if (!error.kind.empty()) return kBadParameter;
  switch (error.status) {
    case 404:
      return "RESOURCE_DOES_NOT_EXIST";
    case 413:
      return "REQUEST_LIMIT_EXCEEDED";
    case 500:
      return "INTERNAL_ERROR";
    case 503:
      return "TEMPORARILY_UNAVAILABLE";
    default:
      return "BAD_REQUEST";
  }
}

/// Reads the column `text` of a CSV with a header.
class CsvTexts {
 public:
  explicit CsvTexts(TextCollector* texts) : texts_(*texts) {}

  Fault Read(std::string_view body) {
    data::CsvReader reader({}, [this](std::uint64_t row, const auto& fields) { return OnRow(row, fields); });
    Status status = reader.Feed(body);
    if (status.has_value()) status = reader.Finish();
    if (fault_.has_value()) return fault_;
    if (!status.has_value()) return HttpError{400, fmt::format("the body is not CSV: {}", status.error().message)};
    if (width_ == 0) return NoColumn("csv");
    return std::nullopt;
  }

 private:
  Status OnRow(std::uint64_t row, const std::vector<std::string_view>& fields) {
    if (width_ == 0) {
      place_ = static_cast<std::size_t>(std::find(fields.begin(), fields.end(), kColumn) - fields.begin());
      width_ = fields.size();
      if (place_ == width_) fault_ = NoColumn("csv");
    } else if (fields.size() != width_) {
      fault_ = HttpError{400, fmt::format("row {}: expected {} fields, found {}", row, width_, fields.size())};
    } else {
      fault_ = texts_.AddCopy(fields[place_], "csv");
    }
    if (fault_.has_value()) return InvalidArgument(fault_->message);
    return Ok();
  }

  TextCollector& texts_;
  std::size_t width_ = 0;
  std::size_t place_ = 0;
  Fault fault_;
};

}  // namespace

void PredictMlflow(Exchange& exchange, dom::object members) {
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  std::optional<double> threshold;
  if (const auto fault = ReadForm(members, &texts)) return exchange.Fail(*fault);
  if (const auto fault = ReadParams(members, &threshold)) return exchange.Fail(*fault);
  Answer(exchange, threshold);
}

void PredictMlflowCsv(Exchange& exchange) {
  if (const auto invalid = utf8::FindInvalid(exchange.body)) {
    return exchange.Fail({400, fmt::format("the body is not UTF-8 at byte {}", *invalid), "", *invalid});
  }
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  if (const auto fault = CsvTexts(&texts).Read(exchange.body)) return exchange.Fail(*fault);
  Answer(exchange, {});
}

void WriteMlflowError(const HttpError& error, net::HttpResponse* response) {
  if (error.status == 415) return WritePlainText(415, error.message, response);
  response->status = error.status;
  response->content_type = "application/json";
  Json body = Json::MakeObject();
  if (error.status == 405) {
    body.Set("detail", "Method Not Allowed");
  } else {
    body.Set("error_code", ErrorCode(error)).Set("message", error.message);
    if (error.kind == kSchema) body.Set("error_class", kSchema).Set("sqlstate", "KAM01");
  }
  response->body = body.Dump();
}

}  // namespace valence::serving
