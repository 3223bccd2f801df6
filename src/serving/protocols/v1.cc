// SPDX-License-Identifier: Apache-2.0
#include "v1.h"

#include "../exchange.h"
#include "../page_routes.h"
#include "../predict_answer.h"
#include "../request_text.h"
#include "huggingface.h"
#include "valence/base/json.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

/// Answers a request that has been read.
void Answer(Exchange& exchange) {
  const PredictRequest& wanted = exchange.state.request;
  if (!exchange.ChooseModel(wanted.model, wanted.version)) return;
  const AnswerWriter& writer = exchange.model->writer();
  if (wanted.threshold.has_value() && writer.quoted_labels().size() != 2) {
    return exchange.Fail({400, "'threshold': only models with two labels have one", "threshold"});
  }
  AnswerOptions options{wanted.attributions > 0, wanted.threshold, {}, {}};
  std::string& out = exchange.response->body;
  if (wanted.batch) out.append(R"({"predictions":[)");
  for (std::size_t i = 0; i < wanted.texts.size(); ++i) {
    if (i > 0) out.push_back(',');
    const std::string_view text = wanted.texts[i];
    const classifier::Prediction& prediction = exchange.Score(text, wanted.attributions);
    const std::string prediction_id = exchange.Remember(text, prediction, wanted.threshold);
    options.id = wanted.ids[i];
    options.prediction_id = prediction_id;
    writer.Append(text, prediction, options, &out);
  }
  out.append(wanted.batch ? "]}\n" : "\n");
}

void ReadAndAnswer(Exchange& exchange, dom::element root) {
  if (const auto error = ReadPredictRequest(root, exchange.core.limits, &exchange.state.request)) {
    return exchange.Fail(*error);
  }
  Answer(exchange);
}

void Predict(Exchange& exchange) {
  dom::element root;
  if (ReadJson(exchange, &root)) ReadAndAnswer(exchange, root);
}

/// The own API's JSON, or Hugging Face's, which is told by its member `inputs`.
void PredictJson(Exchange& exchange) {
  dom::element root;
  if (const auto error = exchange.state.json.Parse(exchange.body, &root)) return exchange.Fail(*error);
  dom::object members;
  if (root.get(members) == simdjson::SUCCESS && FindMember(members, "inputs").has_value()) {
    return PredictTei(exchange, members);
  }
  ReadAndAnswer(exchange, root);
}

/// The seed's route: a form from the page, or JSON.
void PredictFormOrJson(Exchange& exchange) {
  const MediaType type = ParseMediaType(exchange.request.header("Content-Type"));
  switch (type) {
    case MediaType::kJson:
      return PredictJson(exchange);
    case MediaType::kUrlEncoded:
    case MediaType::kMultipart:
      return PredictForm(type, exchange);
    default:
      return exchange.Fail({415,
                            "Content-Type: expected application/json, application/x-www-form-urlencoded or "
                            "multipart/form-data, in UTF-8"});
  }
}

/// One version, as the own API and TensorFlow Serving describe it.
Json DescribeVersion(const ServedModel& model) {
  const auto& classifier = model.classifier();
  return Json::MakeObject({{"version", model.version()},
                           {"model_version", classifier.version()},
                           {"digest", "sha256:" + classifier.bundle().digest},
                           {"labels", Json::ArrayOf(classifier.labels())},
                           {"features", classifier.features()}});
}

Json VersionStatus(const ServedModel& model) {
  return Json::MakeObject({{"version", model.version()},
                           {"state", "AVAILABLE"},
                           {"status", Json::MakeObject({{"error_code", "OK"}, {"error_message", ""}})}});
}

void ListModels(Exchange& exchange) {
  Json names = Json::MakeArray();
  Json details = Json::MakeArray();
  for (const auto& model : exchange.models.models()) {
    if (names.array().empty() || names.array().back().string() != model->name()) names.Push(model->name());
    Json entry = Json::MakeObject({{"name", model->name()}});
    const Json described = DescribeVersion(*model);
    for (const auto& [key, value] : described.object()) entry.Set(key, value);
    details.Push(std::move(entry));
  }
  exchange.response->body =
      Json::MakeObject({{"models", names}, {"default", exchange.models.default_name()}, {"details", details}}).Dump() +
      "\n";
}

void ShowModel(Exchange& exchange) {
  const std::string_view version = exchange.path["version"];
  if (!exchange.ChooseModel(exchange.path["model"], version)) return;
  const ServedModel& newest = *std::exchange(exchange.model, nullptr);  // it predicts nothing here
  Json versions = Json::MakeArray();
  Json statuses = Json::MakeArray();
  for (const auto& model : exchange.models.Versions(newest.name())) {
    if (!version.empty() && model.get() != &newest) continue;
    versions.Push(DescribeVersion(*model));
    statuses.Push(VersionStatus(*model));
  }
  Json lineage = Json::MakeObject();
  for (const auto& [key, value] : newest.classifier().bundle().lineage) lineage.Set(key, value);
  exchange.response->body = Json::MakeObject({{"name", newest.name()},
                                              {"ready", !exchange.core.draining},
                                              {"default", newest.name() == exchange.models.default_name()},
                                              {"versions", versions},
                                              {"model_version_status", statuses},
                                              {"lineage", lineage},
                                              {"parameters", newest.classifier().bundle().parameters},
                                              {"certificate", newest.classifier().bundle().certificate}})
                                .Dump() +
                            "\n";
}

void ShowCard(Exchange& exchange) {
  if (!exchange.ChooseModel(exchange.path["model"], exchange.path["version"])) return;
  const ServedModel& model = *std::exchange(exchange.model, nullptr);
  if (model.card().empty()) return exchange.Fail({404, "there is no card beside this model"});
  exchange.response->content_type = "text/markdown; charset=utf-8";
  exchange.response->extra_headers.append("X-Content-Type-Options: nosniff\r\n");
  exchange.response->body = model.card();
}

}  // namespace

void AddV1Routes(Router* router) {
  router->Add({"POST", "/predict", PredictFormOrJson});
  router->Add({"POST", "/v1/predict", Predict});
  router->Add({"GET", "/v1/models", ListModels});
  router->Add({"GET", "/v1/models/{model}", ShowModel});
  router->Add({"GET", "/v1/models/{model}/card", ShowCard});
  router->Add({"GET", "/v1/models/{model}/versions/{version}/card", ShowCard, &WriteError, "/v1/models/{model}/card"});
  router->Add({"GET", "/v1/models/{model}/versions/{version}", ShowModel, &WriteError, "/v1/models/{model}"});
}

}  // namespace valence::serving
