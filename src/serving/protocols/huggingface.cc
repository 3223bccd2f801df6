// SPDX-License-Identifier: Apache-2.0
#include "huggingface.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "../predict_answer.h"
#include "../request_text.h"
#include "comprehend.h"
#include "valence/base/json.h"
#include "valence/base/version.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

using Fault = std::optional<HttpError>;

/// How a client wants the scores.
struct Ranking {
  bool raw = false;            ///< margins, not probabilities
  std::size_t top = SIZE_MAX;  ///< the highest so many
};

/// `{"error": text, "error_type": word}`, TEI's words for errors.
void WriteTeiError(const HttpError& error, net::HttpResponse* response) {
  response->status = error.status;
  response->content_type = "application/json";
  const std::string_view type = !error.kind.empty()   ? error.kind
                                : error.status == 503 ? "Unhealthy"
                                : error.status == 429 ? "Overloaded"
                                : error.status >= 500 ? "Backend"
                                                      : "Validation";
  response->body.assign(R"({"error":)");
  AppendJsonString(error.message, &response->body);
  response->body.append(fmt::format(R"(,"error_type":"{}"}})", type)).append("\n");
}

/// The margin of a class; a binary model's one score is its second class's.
double RawScore(const classifier::Prediction& p, std::size_t label) {
  if (p.scores.size() > 1) return p.scores[label];
  return label == 1 ? p.scores[0] : -p.scores[0];
}

/// `[{"label":..,"score":..},...]`, the most probable first.
void AppendRanking(Exchange& exchange, std::string_view text, const Ranking& ranking, std::string* out) {
  const classifier::Prediction& p = exchange.Score(text);
  std::vector<std::size_t> order(p.probabilities.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return p.probabilities[a] > p.probabilities[b]; });
  order.resize(std::min(order.size(), ranking.top));
  out->push_back('[');
  for (const std::size_t label : order) {
    if (out->back() == '}') out->push_back(',');
    out->append(R"({"label":)").append(exchange.model->writer().QuotedLabel(label)).append(R"(,"score":)");
    AppendDouble(ranking.raw ? RawScore(p, label) : p.probabilities[label], out);
    out->push_back('}');
  }
  out->push_back(']');
}

void AppendRankings(Exchange& exchange, const Ranking& ranking) {
  std::string& out = exchange.response->body;
  out.push_back('[');
  for (std::size_t i = 0; i < exchange.state.texts.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendRanking(exchange, exchange.state.texts[i], ranking, &out);
  }
  out.append("]\n");
}

template <class T>
Fault ReadOptional(dom::object members, std::string_view name, std::string_view wanted, T* out) {
  const auto value = FindMember(members, name);
  if (!value.has_value() || value->is_null() || value->get(*out) == simdjson::SUCCESS) return std::nullopt;
  return WrongType(std::string(name), wanted, *value);
}

Fault ReadParameters(dom::object members, Ranking* ranking) {
  const auto value = FindMember(members, "parameters");
  dom::object parameters;
  if (!value.has_value() || value->is_null()) return std::nullopt;
  if (value->get(parameters) != simdjson::SUCCESS) return WrongType("parameters", "an object", *value);
  std::uint64_t top = SIZE_MAX;
  std::string_view function = "softmax";
  const auto given = FindMember(parameters, "top_k");
  if (given.has_value() && !given->is_null() && !GetCount(*given, &top)) {
    return WrongType("top_k", "a number of at least 0", *given);
  }
  if (auto fault = ReadOptional(parameters, "function_to_apply", "a string", &function)) return fault;
  if (function != "softmax" && function != "sigmoid" && function != "none") {
    return HttpError{400, "'function_to_apply': expected softmax, sigmoid or none", "function_to_apply"};
  }
  *ranking = {function == "none", static_cast<std::size_t>(top)};
  return std::nullopt;
}

/// A text, or a list of texts.
Fault ReadInputs(dom::element inputs, TextCollector* texts) {
  dom::array list;
  if (inputs.get(list) == simdjson::SUCCESS) return texts->AddList(list, "inputs");
  return texts->Add(inputs, "inputs");
}

/// TEI: a text, a text in a list, or a list of such lists. Sets `*one` for the former two.
Fault ReadTeiInputs(dom::element inputs, TextCollector* texts, bool* one) {
  dom::array list;
  *one = inputs.get(list) != simdjson::SUCCESS;
  if (*one) return texts->Add(inputs, "inputs");
  if (list.size() == 0) return HttpError{400, "'inputs' is empty", "inputs", {}, "Empty"};
  const bool flat = !(*list.begin()).is_array();
  if (!flat) return texts->AddList(list, "inputs");
  *one = true;
  if (list.size() == 1) return texts->Add(*list.begin(), "inputs");
  return HttpError{422,
                   "'inputs': a flat list is one pair of texts, which this model does not take; for several texts send "
                   R"([["first"], ["second"]])",
                   "inputs"};
}

void AnswerTei(Exchange& exchange, dom::object members) {
  Ranking ranking;
  bool truncate = false;
  std::string_view direction;
  Fault fault = ReadOptional(members, "raw_scores", "true or false", &ranking.raw);
  if (!fault) fault = ReadOptional(members, "truncate", "true or false", &truncate);
  if (!fault) fault = ReadOptional(members, "truncation_direction", "a string", &direction);
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  bool one = false;
  if (!fault) fault = ReadTeiInputs(*FindMember(members, "inputs"), &texts, &one);
  if (fault) return exchange.Fail(*fault);
  if (!exchange.ChooseModel({})) return;
  if (!one) return AppendRankings(exchange, ranking);
  AppendRanking(exchange, exchange.state.texts.front(), ranking, &exchange.response->body);
  exchange.response->body.push_back('\n');
}

/// TEI's description of the server.
void ShowInfo(Exchange& exchange) {
  if (!exchange.ChooseModel({})) return;
  const ServedModel& model = *std::exchange(exchange.model, nullptr);
  const auto& labels = model.classifier().labels();
  Json names = Json::MakeObject();
  Json numbers = Json::MakeObject();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    names.Set(std::to_string(i), labels[i]);
    numbers.Set(labels[i], static_cast<std::int64_t>(i));
  }
  const Json kind = Json::MakeObject(
      {{"classifier", Json::MakeObject({{"id2label", std::move(names)}, {"label2id", std::move(numbers)}})}});
  exchange.response->body =
      Json::MakeObject({{"model_id", model.name()},
                        {"model_sha", model.classifier().bundle().digest},
                        {"model_dtype", "float64"},
                        {"model_type", kind},
                        {"max_client_batch_size", static_cast<std::int64_t>(exchange.core.limits.max_texts)},
                        {"version", kVersion}})
          .Dump() +
      "\n";
}

/// POST /: AWS' JSON protocols name the operation in a header; anything else is the Inference API.
void PostRoot(Exchange& exchange) {
  if (!exchange.request.header("X-Amz-Target").empty()) return AnswerComprehend(exchange);
  exchange.write_error = WriteTeiError;
  dom::object members;
  if (ReadJsonObject(exchange, &members)) PredictHuggingFace(exchange, members);
}

}  // namespace

void PredictTei(Exchange& exchange, dom::object members) {
  exchange.write_error = WriteTeiError;
  if (FindMember(members, "parameters").has_value()) return PredictHuggingFace(exchange, members);
  AnswerTei(exchange, members);
}

void PredictHuggingFace(Exchange& exchange, dom::object members) {
  const auto inputs = FindMember(members, "inputs");
  if (!inputs.has_value()) return exchange.Fail({400, "'inputs' is missing: expected a text or a list", "inputs"});
  Ranking ranking;
  if (const auto fault = ReadParameters(members, &ranking)) return exchange.Fail(*fault);
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  if (const auto fault = ReadInputs(*inputs, &texts)) return exchange.Fail(*fault);
  if (exchange.ChooseModel({})) AppendRankings(exchange, ranking);
}

void AddHuggingFaceRoutes(Router* router) {
  router->Add({"POST", "/", PostRoot});
  router->Add({"GET", "/info", ShowInfo, WriteTeiError});
}

}  // namespace valence::serving
