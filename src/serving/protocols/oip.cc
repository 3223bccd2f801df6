// SPDX-License-Identifier: Apache-2.0
#include "oip.h"

#include "../exchange.h"
#include "../model_metrics.h"
#include "../request_text.h"
#include "oip_call.h"
#include "oip_infer.h"
#include "oip_rules.h"
#include "valence/base/json.h"
#include "valence/base/version.h"

namespace valence::serving {
namespace {

constexpr std::string_view kPlatform = "valence_safetensors";

Json Shape(std::initializer_list<std::int64_t> sizes) { return Json::ArrayOf(sizes); }

void Send(const Json& answer, Exchange& exchange) { exchange.response->body = answer.Dump() + "\n"; }

void ShowServer(Exchange& exchange) {
  const char* const extensions[] = {"binary_tensor_data", "classification", "model_repository", "model_configuration",
                                    "statistics"};
  Json answer =
      Json::MakeObject({{"name", "valence"}, {"version", kVersion}, {"extensions", Json::ArrayOf(extensions)}});
  if (const ServedModel* const model = exchange.models.default_model(); model != nullptr) {
    answer.Set("digest", "sha256:" + model->classifier().bundle().digest);
  }
  Send(answer, exchange);
}

void IsLive(Exchange& exchange) { Send(Json::MakeObject({{"live", true}}), exchange); }

void IsReady(Exchange& exchange) {
  if (!exchange.ready()) exchange.response->status = 503;
  Send(Json::MakeObject({{"ready", exchange.ready()}}), exchange);
}

/// The model in the path, which only describes itself here. nullptr after answering 404.
const ServedModel* FindModel(Exchange& exchange) {
  const ServedModel* const model = exchange.FindModel(exchange.path["model"], exchange.path["version"]);
  if (model != nullptr) exchange.response->extra_headers.append(model->headers());
  return model;
}

void IsModelReady(Exchange& exchange) {
  const ServedModel* const model = FindModel(exchange);
  if (model == nullptr) return;
  if (!exchange.ready()) exchange.response->status = 503;
  Send(Json::MakeObject({{"name", model->name()}, {"ready", exchange.ready()}}), exchange);
}

void ListModels(Exchange& exchange) {
  Json names = Json::MakeArray();
  for (const auto& model : exchange.models.models()) {
    if (names.array().empty() || names.array().back().string() != model->name()) names.Push(model->name());
  }
  Send(Json::MakeObject({{"models", names}}), exchange);
}

Json Tensor(std::string_view name, std::string_view datatype, Json shape) {
  return Json::MakeObject({{"name", name}, {"datatype", datatype}, {"shape", std::move(shape)}});
}

Json OutputShape(oip::Output output, std::int64_t classes) {
  const bool matrix = output == oip::Output::kProbability || (output == oip::Output::kLogit && classes > 2);
  return matrix ? Shape({-1, classes}) : Shape({-1});
}

constexpr oip::Output kOutputs[] = {oip::Output::kLabel, oip::Output::kProbability, oip::Output::kLogit,
                                    oip::Output::kAttributions};

Json Properties(const ServedModel& model) {
  const classifier::ModelBundle& bundle = model.classifier().bundle();
  Json properties = Json::MakeObject({{"digest", "sha256:" + bundle.digest}});
  const auto data = bundle.lineage.find("train_sha256");
  if (data != bundle.lineage.end()) properties.Set("data_hash", data->second);
  return properties;
}

void ShowModel(Exchange& exchange) {
  const ServedModel* const model = FindModel(exchange);
  if (model == nullptr) return;
  Json versions = Json::MakeArray();
  for (const auto& version : exchange.models.Versions(model->name())) versions.Push(version->version());
  const auto classes = static_cast<std::int64_t>(model->classifier().labels().size());
  Json outputs = Json::MakeArray();
  for (const oip::Output output : kOutputs) {
    outputs.Push(Tensor(oip::NameOf(output), oip::DatatypeOf(output), OutputShape(output, classes)));
  }
  Json inputs = Json::MakeArray();
  inputs.Push(Tensor("text", "BYTES", Shape({-1})));
  Json answer = Json::MakeObject({{"name", model->name()},
                                  {"versions", versions},
                                  {"platform", kPlatform},
                                  {"inputs", inputs},
                                  {"outputs", outputs}});
  if (exchange.call != nullptr) answer.Set("properties", Properties(*model));  // which REST's has not
  Send(answer, exchange);
}

/// As Triton's ModelConfig, in which the batch is no dimension.
void ShowConfig(Exchange& exchange) {
  const ServedModel* const model = FindModel(exchange);
  if (model == nullptr) return;
  const auto classes = static_cast<std::int64_t>(model->classifier().labels().size());
  Json outputs = Json::MakeArray();
  for (const oip::Output output : kOutputs) {
    const bool text = oip::DatatypeOf(output) == "BYTES";
    const bool matrix = OutputShape(output, classes).array().size() == 2;
    outputs.Push(Json::MakeObject({{"name", oip::NameOf(output)},
                                   {"data_type", text ? "TYPE_STRING" : "TYPE_FP64"},
                                   {"dims", Shape({matrix ? classes : 1})}}));
  }
  Json inputs = Json::MakeArray();
  inputs.Push(Json::MakeObject({{"name", "text"}, {"data_type", "TYPE_STRING"}, {"dims", Shape({1})}}));
  Send(Json::MakeObject({{"name", model->name()},
                         {"platform", kPlatform},
                         {"backend", "valence"},
                         {"max_batch_size", static_cast<std::int64_t>(exchange.core.limits.max_texts)},
                         {"input", inputs},
                         {"output", outputs}}),
       exchange);
}

Json Duration(std::uint64_t count, double seconds) {
  return Json::MakeObject({{"count", count}, {"ns", static_cast<std::int64_t>(seconds * 1e9)}});
}

Json Statistics(const ServedModel& model) {
  const ModelTotals totals = model.metrics().Totals();
  const Json none = Duration(0, 0);
  const Json success = Duration(totals.successes, totals.success_seconds);
  return Json::MakeObject(
      {{"name", model.name()},
       {"version", model.version()},
       {"last_inference", totals.last_request_ms},
       {"inference_count", totals.texts},
       {"execution_count", totals.successes},
       {"inference_stats", Json::MakeObject({{"success", success},
                                             {"fail", Duration(totals.failures, totals.failure_seconds)},
                                             {"queue", none},
                                             {"compute_input", none},
                                             {"compute_infer", success},
                                             {"compute_output", none},
                                             {"cache_hit", none},
                                             {"cache_miss", none}})},
       {"batch_stats", Json::MakeArray()},
       {"memory_usage", Json::MakeArray()}});
}

void ShowStatistics(Exchange& exchange) {
  const std::string_view name = exchange.path["model"];
  const std::string_view version = exchange.path["version"];
  if (!name.empty() && FindModel(exchange) == nullptr) return;
  Json statistics = Json::MakeArray();
  for (const auto& model : exchange.models.models()) {
    if (!name.empty() && model->name() != name) continue;
    if (!version.empty() && !model->IsVersion(version)) continue;
    statistics.Push(Statistics(*model));
  }
  Send(Json::MakeObject({{"model_stats", statistics}}), exchange);
}

/// Only models that are ready are in the repository, so `{"ready": true}` asks for nothing else.
void ListRepository(Exchange& exchange) {
  simdjson::dom::element root;
  if (!exchange.body.empty()) {
    if (const auto error = exchange.state.json.Parse(exchange.body, &root)) return exchange.Fail(*error);
    simdjson::dom::object members;
    if (root.get(members) != simdjson::SUCCESS) return exchange.Fail(WrongType("body", "an object", root));
    const auto ready = FindMember(members, "ready");
    if (ready.has_value() && !ready->is_bool()) return exchange.Fail(WrongType("ready", "true or false", *ready));
  }
  Json index = Json::MakeArray();
  for (const auto& model : exchange.models.models()) {
    index.Push(
        Json::MakeObject({{"name", model->name()}, {"version", model->version()}, {"state", "READY"}, {"reason", ""}}));
  }
  Send(index, exchange);
}

/// A call that asks what REST's `answer` says.
template <Handler answer>
void Call(Exchange& exchange) {
  AnswerCall(exchange, answer);
}

/// gRPC's methods, by the paths that HTTP/2 has for them.
void AddOipCalls(Router* router) {
  const auto add = [router](std::string_view path, Handler handler) {
    router->Add({"POST", path, handler, WriteOipError, {}});
  };
  add("/inference.GRPCInferenceService/ServerLive", Call<IsLive>);
  add("/inference.GRPCInferenceService/ServerReady", Call<IsReady>);
  add("/inference.GRPCInferenceService/ModelReady", Call<IsModelReady>);
  add("/inference.GRPCInferenceService/ServerMetadata", Call<ShowServer>);
  add("/inference.GRPCInferenceService/ModelMetadata", Call<ShowModel>);
  add("/inference.GRPCInferenceService/ModelConfig", Call<ShowConfig>);
  add("/inference.GRPCInferenceService/ModelStatistics", Call<ShowStatistics>);
  add("/inference.GRPCInferenceService/RepositoryIndex", Call<ListRepository>);
  add("/inference.GRPCInferenceService/ModelInfer", AnswerInferCall);
}

}  // namespace

void WriteOipError(const HttpError& error, net::HttpResponse* response) {
  response->status = error.status;
  response->content_type = "application/json";
  response->body.assign(R"({"error":)");
  AppendJsonString(error.message, &response->body);
  response->body.append("}\n");
}

void AddOipRoutes(Router* router) {
  const auto add = [router](std::string_view method, std::string_view pattern, Handler handler,
                            std::string_view label = {}) {
    router->Add({method, pattern, handler, WriteOipError, label});
  };
  add("GET", "/v2", ShowServer);
  add("GET", "/v2/health/live", IsLive);
  add("GET", "/v2/health/ready", IsReady);
  add("GET", "/v2/models", ListModels);
  add("GET", "/v2/models/stats", ShowStatistics);
  add("POST", "/v2/repository/index", ListRepository);
  add("GET", "/v2/models/{model}", ShowModel);
  add("GET", "/v2/models/{model}/versions/{version}", ShowModel, "/v2/models/{model}");
  add("GET", "/v2/models/{model}/ready", IsModelReady);
  add("GET", "/v2/models/{model}/versions/{version}/ready", IsModelReady, "/v2/models/{model}/ready");
  add("GET", "/v2/models/{model}/config", ShowConfig);
  add("GET", "/v2/models/{model}/versions/{version}/config", ShowConfig, "/v2/models/{model}/config");
  add("GET", "/v2/models/{model}/stats", ShowStatistics, "/v2/models/stats");
  add("GET", "/v2/models/{model}/versions/{version}/stats", ShowStatistics, "/v2/models/stats");
  add("POST", "/v2/models/{model}/infer", AnswerInfer);
  add("POST", "/v2/models/{model}/versions/{version}/infer", AnswerInfer, "/v2/models/{model}/infer");
  router->AddErrorShape("/v2", WriteOipError);
  AddOipCalls(router);
}

}  // namespace valence::serving
