// SPDX-License-Identifier: Apache-2.0
#include "sagemaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "../media_type.h"
#include "../predict_answer.h"
#include "../request_text.h"
#include "huggingface.h"
#include "mlflow.h"
#include "oip.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

using Fault = std::optional<HttpError>;

constexpr std::string_view kTritonType = "application/vnd.sagemaker-triton.binary+json;json-header-size=";

/// Both protocols take 200 for ready, and read no more.
void Ping(Exchange& exchange) {
  if (!exchange.ready()) exchange.response->status = 503;
  exchange.response->body.push_back('\n');
}

Fault ReadK(dom::object members, std::uint64_t* k) {
  const auto value = FindMember(members, "k");
  if (!value.has_value() || (GetCount(*value, k) && *k > 0)) return std::nullopt;
  return WrongType("k", "a number of at least 1", *value);
}

/// `{"label":["__label__pos",...],"prob":[...]}`, the `k` most probable first.
void AppendBlazingText(Exchange& exchange, std::string_view text, std::uint64_t k, std::string* out) {
  const classifier::Prediction& p = exchange.Score(text);
  std::vector<std::size_t> order(p.probabilities.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return p.probabilities[a] > p.probabilities[b]; });
  order.resize(std::min<std::size_t>(order.size(), k));
  out->append(R"({"label":)");
  char separator = '[';
  for (const std::size_t label : order) {
    out->push_back(std::exchange(separator, ','));
    out->append("\"__label__").append(std::string_view(exchange.model->writer().QuotedLabel(label)).substr(1));
  }
  out->append(R"(],"prob":)");
  separator = '[';
  for (const std::size_t label : order) {
    out->push_back(std::exchange(separator, ','));
    AppendDouble(p.probabilities[label], out);
  }
  out->append("]}");
}

/// `{"instances":[texts],"configuration":{"k":n}}`.
void PredictBlazingText(Exchange& exchange, dom::object members, dom::element configuration) {
  std::uint64_t k = 1;
  dom::object options;
  if (configuration.get(options) != simdjson::SUCCESS) {
    return exchange.Fail(WrongType("configuration", "an object", configuration));
  }
  if (const auto fault = ReadK(options, &k)) return exchange.Fail(*fault);
  const auto instances = FindMember(members, "instances");
  dom::array list;
  if (!instances.has_value()) return exchange.Fail({400, "'instances' is missing", "instances"});
  if (instances->get(list) != simdjson::SUCCESS) return exchange.Fail(WrongType("instances", "an array", *instances));
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  if (const auto fault = texts.AddList(list, "instances")) return exchange.Fail(*fault);
  if (!exchange.ChooseModel({})) return;
  std::string& out = exchange.response->body;
  out.push_back('[');
  for (const std::string_view text : exchange.state.texts) {
    if (out.back() == '}') out.push_back(',');
    AppendBlazingText(exchange, text, k, &out);
  }
  out.push_back(']');
}

/// One line `{"source": text, "k"?: n}`.
Fault PredictLine(Exchange& exchange, std::string_view line, std::size_t number) {
  dom::element root;
  dom::object members;
  auto fault = exchange.state.json.Parse(line, &root);
  if (!fault && root.get(members) != simdjson::SUCCESS) fault = WrongType("line", "an object", root);
  std::uint64_t k = 1;
  if (!fault) fault = ReadK(members, &k);
  std::string_view text;
  if (!fault) {
    const auto source = FindMember(members, "source");
    if (!source.has_value() || source->get(text) != simdjson::SUCCESS) {
      fault = HttpError{400, "'source' is missing: expected a text", "source"};
    }
  }
  if (!fault) fault = CheckText(text, "source", exchange.core.limits);
  if (fault) {
    fault->message = fmt::format("line {}: {}", number, fault->message);
    fault->byte.reset();  // it counts from the line's begin
    return fault;
  }
  AppendBlazingText(exchange, text, k, &exchange.response->body);
  exchange.response->body.push_back('\n');
  return std::nullopt;
}

void PredictLines(Exchange& exchange) {
  if (!exchange.ChooseModel({})) return;
  std::string_view rest = exchange.body;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (const auto fault = CheckCount(exchange.texts + 1, "body", exchange.core.limits)) return exchange.Fail(*fault);
    if (const auto fault = PredictLine(exchange, line, number)) return exchange.Fail(*fault);
  }
  exchange.response->content_type = "application/jsonlines";
}

/// Open Inference Protocol with binary tensors, the header's size in the type.
void PredictTriton(Exchange& exchange, std::string_view header_size) {
  std::size_t size = 0;
  const char* const end = header_size.data() + header_size.size();
  const auto [stop, code] = std::from_chars(header_size.data(), end, size);
  if (code != std::errc() || stop != end || size == 0 || size > exchange.body.size()) {
    return exchange.Fail(
        {400, fmt::format("json-header-size: expected 1 to {}, the size of the body", exchange.body.size())});
  }
  exchange.write_error = WriteOipError;
  if (!exchange.ChooseModel({})) return;
  const auto json_size = InferOip(exchange, size);
  if (!json_size.has_value()) return;
  exchange.state.buffer = fmt::format("{}{}", kTritonType, *json_size);
  exchange.response->content_type = exchange.state.buffer;  // which this thread's next request replaces
}

void PredictJson(Exchange& exchange) {
  dom::element root;
  dom::object members;
  if (const auto error = exchange.state.json.Parse(exchange.body, &root)) return exchange.Fail(*error);
  if (root.get(members) != simdjson::SUCCESS) return exchange.Fail(WrongType("body", "an object", root));
  if (const auto configuration = FindMember(members, "configuration")) {
    return PredictBlazingText(exchange, members, *configuration);
  }
  if (FindMember(members, "parameters").has_value()) return PredictHuggingFace(exchange, members);
  PredictMlflow(exchange, members);
}

void Invoke(Exchange& exchange) {
  const std::string_view content_type = exchange.request.header("Content-Type");
  if (content_type.starts_with(kTritonType)) {
    return PredictTriton(exchange, content_type.substr(kTritonType.size()));
  }
  const MediaType type = HasOnlyCharset(content_type) ? ParseMediaType(content_type) : MediaType::kOther;
  switch (type) {
    case MediaType::kJson:
      return PredictJson(exchange);
    case MediaType::kCsv:
      return PredictMlflowCsv(exchange);
    case MediaType::kJsonLines:
      return PredictLines(exchange);
    default:
      return exchange.Fail({415, fmt::format("Content-Type: expected application/json, text/csv or "
                                             "application/jsonlines, with no parameter but charset=utf-8; got '{}'",
                                             content_type)});
  }
}

}  // namespace

void AddInvocationsRoutes(Router* router) {
  router->Add({"GET", "/ping", Ping});
  router->Add({"GET", "/health", Ping});
  router->Add({"POST", "/invocations", Invoke, WriteMlflowError});
}

}  // namespace valence::serving
