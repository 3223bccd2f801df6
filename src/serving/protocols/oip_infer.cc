// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "../media_type.h"
#include "oip.h"
#include "oip_infer.h"
#include "oip_request.h"
#include "oip_response.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr std::string_view kHeaderSize = "Inference-Header-Content-Length";

/// The size that the header gives, or nullopt for no header. False after answering 400.
bool ReadHeaderSize(Exchange& exchange, std::optional<std::size_t>* size) {
  const std::string_view text = exchange.request.header(kHeaderSize);
  if (text.empty()) return true;
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size() && value <= exchange.body.size()) {
    *size = value;
    return true;
  }
  exchange.Fail({400, fmt::format("{}: expected 0 to {}, the size of the body", kHeaderSize, exchange.body.size())});
  return false;
}

/// A JSON body may come without a Content-Type: tritonclient sends none.
bool IsPlausibleType(std::string_view content_type) {
  return content_type.empty() || content_type == "application/octet-stream" ||
         ParseMediaType(content_type) == MediaType::kJson;
}

/// Header size 0: the body is one text, as it is.
std::optional<HttpError> ReadRaw(std::string_view body, TextCollector* texts, oip::InferRequest* request) {
  oip::CompleteOutputs(true, request);
  return texts->AddBytes(body, "body", 0);
}

std::optional<HttpError> Read(Exchange& exchange, std::size_t header_size, TextCollector* texts,
                              oip::InferRequest* request) {
  dom::element root;
  dom::object members;
  if (auto fault = exchange.state.json.Parse(exchange.body.substr(0, header_size), &root)) return fault;
  if (root.get(members) != simdjson::SUCCESS) {
    return HttpError{400, fmt::format("expected an object with 'inputs', found {}", TypeName(root))};
  }
  return oip::ReadInferRequest(members, exchange.body.substr(header_size), header_size, texts, request);
}

}  // namespace

std::optional<std::size_t> InferOip(Exchange& exchange, std::optional<std::size_t> header_size) {
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  oip::InferRequest request;
  const auto fault = header_size == 0u ? ReadRaw(exchange.body, &texts, &request)
                                       : Read(exchange, header_size.value_or(exchange.body.size()), &texts, &request);
  if (fault.has_value()) {
    exchange.Fail(*fault);
    return std::nullopt;
  }
  const oip::Columns columns = oip::ScoreTexts(exchange, exchange.state.texts, request.outputs);
  std::string tail;
  std::string& json = exchange.response->body;
  oip::WriteInferResponse(*exchange.model, request, oip::MakeTensors(*exchange.model, request, columns), &json, &tail);
  const bool binary = std::any_of(request.outputs.begin(), request.outputs.end(), [](auto& o) { return o.binary; });
  if (!binary) return std::nullopt;
  const std::size_t json_size = json.size();
  json.append(tail);
  return json_size;
}

void AnswerInfer(Exchange& exchange) {
  std::optional<std::size_t> header_size;
  if (!exchange.ChooseModel(exchange.path["model"], exchange.path["version"])) return;
  if (!ReadHeaderSize(exchange, &header_size)) return;
  if (!header_size.has_value() && !IsPlausibleType(exchange.request.header("Content-Type"))) {
    return exchange.Fail({415,
                          "Content-Type: expected application/json, or application/octet-stream with "
                          "Inference-Header-Content-Length"});
  }
  const auto json_size = InferOip(exchange, header_size);
  if (!json_size.has_value()) return;
  exchange.response->content_type = "application/octet-stream";
  exchange.response->extra_headers.append(fmt::format("{}: {}\r\n", kHeaderSize, *json_size));
}

}  // namespace valence::serving
