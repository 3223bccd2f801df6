// SPDX-License-Identifier: Apache-2.0
#include "operations.h"

#include "exchange.h"
#include "reload_metrics.h"
#include "valence/base/json.h"
#include "valence/base/version.h"

// Embedded by valence_embed.
extern "C" const char valence_openapi_begin[];
extern "C" const char valence_openapi_end[];

namespace valence::serving {
namespace {

void Live(Exchange& exchange) {
  const bool verbose = exchange.request.query == "verbose";
  WritePlainText(200, verbose ? "[+]process ok\nlivez check passed\n" : "ok\n", exchange.response);
}

std::string Checks(const Exchange& exchange) {
  std::string text = exchange.models.default_model() != nullptr ? "[+]model ok\n" : "[-]model failed: none is loaded\n";
  text.append(exchange.core.draining ? "[-]shutdown failed: draining\n" : "[+]shutdown ok\n");
  return text.append(exchange.ready() ? "readyz check passed\n" : "readyz check failed\n");
}

/// Models are verified before they are published, so only a drain or their absence makes this false.
void Ready(Exchange& exchange) {
  const int status = exchange.ready() ? 200 : 503;
  if (exchange.request.query == "verbose") return WritePlainText(status, Checks(exchange), exchange.response);
  const std::string_view reason = exchange.core.draining ? "draining\n" : "no model\n";
  WritePlainText(status, exchange.ready() ? "ok\n" : reason, exchange.response);
}

void Metrics(Exchange& exchange) {
  exchange.response->content_type = telemetry::kExpositionType;
  exchange.response->body =
      exchange.core.metrics.Expose(exchange.models, exchange.core.repository->reloads().registry());
}

Json DescribeDefault(const ServedModel& model) {
  const auto& classifier = model.classifier();
  Json lineage = Json::MakeObject();
  for (const auto& [key, value] : classifier.bundle().lineage) lineage.Set(key, value);
  return Json::MakeObject({{"name", model.name()},
                           {"version", classifier.version()},
                           {"digest", "sha256:" + classifier.bundle().digest},
                           {"labels", Json::ArrayOf(classifier.labels())},
                           {"features", classifier.features()},
                           {"lineage", lineage}});
}

void Version(Exchange& exchange) {
  Json answer = Json::MakeObject({{"name", "valence"}, {"version", kVersion}});
  const ServedModel* const model = exchange.models.default_model();
  answer.Set("model", model == nullptr ? Json() : DescribeDefault(*model));
  exchange.response->body = answer.Dump() + "\n";
}

void Describe(Exchange& exchange) {
  exchange.response->extra_headers.append("Cache-Control: no-cache\r\n");
  exchange.response->body.assign(valence_openapi_begin, valence_openapi_end);
}

}  // namespace

void WritePlainText(int status, std::string_view text, net::HttpResponse* response) {
  response->status = status;
  response->content_type = "text/plain; charset=utf-8";
  response->body.assign(text);
}

void AddOperationsRoutes(Router* router) {
  router->Add({"GET", "/livez", Live});
  router->Add({"GET", "/readyz", Ready});
  router->Add({"GET", "/metrics", Metrics});
  router->Add({"GET", "/version", Version});
  router->Add({"GET", "/openapi.json", Describe});
}

}  // namespace valence::serving
