// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/oip_call.h"

#include <fmt/format.h>

#include "oip_call.h"
#include "oip_response.h"
#include "oip_rules.h"

namespace valence::serving {
namespace {

using oip::Fault;

/// False after answering that there is no call, or one that cannot be read.
bool ReadCall(Exchange& exchange, oip::Query* query) {
  if (exchange.call == nullptr) {
    exchange.Fail({415, "this is a method of gRPC, which the port that --grpc-port names speaks; REST is under /v2"});
    return false;
  }
  const Status read = exchange.call->Read(query);
  if (!read) exchange.Fail({400, read.error().message});
  return read.has_value();
}

Fault ReadElements(const oip::InputTensor& tensor, bool base64, TextCollector* texts, std::uint64_t* count) {
  *count = tensor.elements.size();
  for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
    const std::string field = fmt::format("{}.{}[{}]", oip::kInput, tensor.elements_field, i);
    auto fault = base64 ? texts->AddBase64(tensor.elements[i], field) : texts->AddBytes(tensor.elements[i], field, 0);
    if (fault.has_value()) return fault;
  }
  return std::nullopt;
}

Fault ReadTensor(const oip::InputTensor& tensor, TextCollector* texts, bool* column) {
  std::uint64_t elements = 0, count = 0;
  bool base64 = false;
  if (auto fault = oip::CheckDatatype(tensor.datatype)) return fault;
  if (auto fault = oip::CheckShape(tensor.shape, column, &elements)) return fault;
  if (auto fault = oip::ReadContentType(tensor.content_type, &base64)) return fault;
  if (tensor.raw.has_value()) {
    if (auto fault = oip::ReadBytesTensor(*tensor.raw, 0, texts, &count)) return fault;
  } else {
    if (auto fault = ReadElements(tensor, base64, texts, &count)) return fault;
  }
  return oip::CheckElements(elements, count);
}

Fault ReadQuery(const oip::Query& query, TextCollector* texts, oip::InferRequest* request) {
  request->id = query.id;
  if (auto fault = oip::CheckInputCount(query.inputs.size())) return fault;
  if (auto fault = ReadTensor(query.inputs.front(), texts, &request->column)) return fault;
  for (const oip::WantedOutput& output : query.outputs) {
    if (output.classes < 0) {
      return HttpError{
          400, fmt::format("parameters.classification: expected a number of classes, found {}", output.classes)};
    }
    if (auto fault = oip::AddOutput(output.name, true, static_cast<std::uint64_t>(output.classes), request))
      return fault;
  }
  oip::CompleteOutputs(true, request);
  return std::nullopt;
}

}  // namespace

void AnswerCall(Exchange& exchange, Handler answer) {
  oip::Query query;
  if (!ReadCall(exchange, &query)) return;
  exchange.path.Add("model", query.model);
  exchange.path.Add("version", query.version);
  exchange.body = {};
  answer(exchange);
}

void AnswerInferCall(Exchange& exchange) {
  oip::Query query;
  if (!ReadCall(exchange, &query)) return;
  if (!exchange.ChooseModel(query.model, query.version)) return;
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  oip::InferRequest request;
  if (const auto fault = ReadQuery(query, &texts, &request)) return exchange.Fail(*fault);
  const oip::Columns columns = oip::ScoreTexts(exchange, exchange.state.texts, request.outputs);
  const ServedModel& model = *exchange.model;
  const auto tensors = oip::MakeTensors(model, request, columns);
  exchange.call->Write({model.name(), model.version(), request.id, tensors}, &exchange.response->body);
}

}  // namespace valence::serving
