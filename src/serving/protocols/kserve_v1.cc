// SPDX-License-Identifier: Apache-2.0
#include "kserve_v1.h"

#include "../predict_answer.h"
#include "../request_text.h"
#include "oip.h"
#include "oip_response.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

/// Chooses the model of the path and reads the body's object.
bool Begin(Exchange& exchange, dom::object* members) {
  return exchange.ChooseModel(exchange.path["model"], exchange.path["version"]) && ReadJsonObject(exchange, members);
}

/// Texts in rows (`instances`), or in columns: `inputs` is a text, a list, or either under the name "text".
std::optional<HttpError> ReadColumns(dom::element inputs, TextCollector* texts) {
  dom::array list;
  if (inputs.get(list) == simdjson::SUCCESS) return texts->AddList(list, "inputs");
  dom::object named;
  if (inputs.get(named) == simdjson::SUCCESS) {
    const auto column = FindMember(named, "text");
    if (column.has_value() && column->get(list) == simdjson::SUCCESS) return texts->AddList(list, "inputs.text");
  }
  return texts->Add(inputs, "inputs");
}

std::optional<HttpError> ReadTexts(dom::object members, bool* rows, TextCollector* texts) {
  const auto instances = FindMember(members, "instances");
  const auto inputs = FindMember(members, "inputs");
  if (instances.has_value() == inputs.has_value()) {
    return HttpError{400, "expected either 'instances' (rows) or 'inputs' (columns)", "instances"};
  }
  *rows = instances.has_value();
  if (!*rows) return ReadColumns(*inputs, texts);
  dom::array list;
  if (instances->get(list) != simdjson::SUCCESS) return WrongType("instances", "an array of texts", *instances);
  return texts->AddList(list, "instances");
}

void AppendNumbers(std::span<const double> values, std::string* out) {
  char separator = '[';
  for (const double value : values) {
    out->push_back(std::exchange(separator, ','));
    AppendDouble(value, out);
  }
  out->push_back(']');
}

/// A model's only score stands for itself, several are a list.
void AppendLogit(std::span<const double> scores, std::string* out) {
  if (scores.size() == 1) return AppendDouble(scores.front(), out);
  AppendNumbers(scores, out);
}

/// `{"predictions":[{"label","probability","logit"},...]}`.
void AnswerRows(Exchange& exchange) {
  std::string& out = exchange.response->body;
  out.append(R"({"predictions":[)");
  for (const std::string_view text : exchange.state.texts) {
    if (out.back() == '}') out.push_back(',');
    const classifier::Prediction& p = exchange.Score(text);
    out.append(R"({"label":)").append(exchange.model->writer().QuotedLabel(static_cast<std::size_t>(p.label)));
    out.append(R"(,"probability":)");
    AppendNumbers(p.probabilities, &out);
    out.append(R"(,"logit":)");
    AppendLogit(p.scores, &out);
    out.push_back('}');
  }
  out.append("]}\n");
}

/// `{"outputs":{"label":[...],"probability":[[...],...],"logit":[...]}}`.
void AnswerColumns(Exchange& exchange) {
  std::string labels;
  std::string probabilities;
  std::string logits;
  for (const std::string_view text : exchange.state.texts) {
    const classifier::Prediction& p = exchange.Score(text);
    for (std::string* const column : {&labels, &probabilities, &logits}) {
      if (!column->empty()) column->push_back(',');
    }
    labels.append(exchange.model->writer().QuotedLabel(static_cast<std::size_t>(p.label)));
    AppendNumbers(p.probabilities, &probabilities);
    AppendLogit(p.scores, &logits);
  }
  exchange.response->body.append(R"({"outputs":{"label":[)")
      .append(labels)
      .append(R"(],"probability":[)")
      .append(probabilities)
      .append(R"(],"logit":[)")
      .append(logits)
      .append("]}}\n");
}

void Predict(Exchange& exchange) {
  dom::object members;
  if (!Begin(exchange, &members)) return;
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  bool rows = true;
  if (const auto fault = ReadTexts(members, &rows, &texts)) return exchange.Fail(*fault);
  return rows ? AnswerRows(exchange) : AnswerColumns(exchange);
}

/// `{"explanations":[...]}`, each as the own API answers with `explain`.
void Explain(Exchange& exchange) {
  dom::object members;
  if (!Begin(exchange, &members)) return;
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  bool rows = true;
  if (const auto fault = ReadTexts(members, &rows, &texts)) return exchange.Fail(*fault);
  std::string& out = exchange.response->body;
  AnswerOptions options;
  options.explain = true;
  out.append(R"({"explanations":[)");
  for (const std::string_view text : exchange.state.texts) {
    if (out.back() == '}') out.push_back(',');
    exchange.model->writer().Append(text, exchange.Score(text, classifier::kAllAttributions), options, &out);
  }
  out.append("]}\n");
}

/// TensorFlow Serving: `{"examples":[{"text":..},...]}` to `{"result":[[[label, probability],...],...]}`.
void Classify(Exchange& exchange) {
  dom::object members;
  if (!Begin(exchange, &members)) return;
  TextCollector texts(exchange.core.limits, &exchange.state.texts);
  const auto examples = FindMember(members, "examples");
  dom::array list;
  if (!examples.has_value()) return exchange.Fail({400, "'examples' is missing", "examples"});
  if (examples->get(list) != simdjson::SUCCESS) {
    return exchange.Fail(WrongType("examples", R"(an array of {"text": ...})", *examples));
  }
  if (const auto fault = texts.AddList(list, "examples")) return exchange.Fail(*fault);
  std::string& out = exchange.response->body;
  out.append(R"({"result":[)");
  for (const std::string_view text : exchange.state.texts) {
    if (out.back() != '[') out.push_back(',');
    const classifier::Prediction& p = exchange.Score(text);
    out.push_back('[');
    for (std::size_t i = 0; i < p.probabilities.size(); ++i) {
      out.append(i == 0 ? "[" : ",[").append(exchange.model->writer().QuotedLabel(i)).push_back(',');
      AppendDouble(p.probabilities[i], &out);
      out.push_back(']');
    }
    out.push_back(']');
  }
  out.append("]}\n");
}

}  // namespace

void AddKServeV1Routes(Router* router) {
  const auto add = [router](std::string_view pattern, Handler handler, std::string_view label = {}) {
    router->Add({"POST", pattern, handler, WriteOipError, label});
  };
  add("/v1/models/{model}:predict", Predict);
  add("/v1/models/{model}/versions/{version}:predict", Predict, "/v1/models/{model}:predict");
  add("/v1/models/{model}:classify", Classify);
  add("/v1/models/{model}/versions/{version}:classify", Classify, "/v1/models/{model}:classify");
  add("/v1/models/{model}:explain", Explain);
  add("/v1/models/{model}/versions/{version}:explain", Explain, "/v1/models/{model}:explain");
}

}  // namespace valence::serving
