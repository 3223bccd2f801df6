// SPDX-License-Identifier: Apache-2.0
#include "page_routes.h"

#include "exchange.h"

namespace valence::serving {
namespace {

void BeginPage(net::HttpResponse* response) {
  response->content_type = "text/html; charset=utf-8";
  response->extra_headers.append(kPageHeaders);
}

void ShowPage(Exchange& exchange) {
  const ServedModel* const model = exchange.models.default_model();
  if (model == nullptr) return exchange.Fail({503, "no model is loaded"});
  BeginPage(exchange.response);
  exchange.core.page.RenderEmpty(model->classifier(), &exchange.response->body);
}

void SendStaticFile(Exchange& exchange) {
  const StaticFile* const file = FindStaticFile(exchange.request.path);
  exchange.response->content_type = file->content_type;
  exchange.response->extra_headers.append(kStaticHeaders);
  exchange.response->body.assign(file->content);
}

}  // namespace

void PredictForm(MediaType type, Exchange& exchange) {
  if (exchange.body.starts_with('{')) {
    return exchange.Fail({415, "the body looks like JSON: send it with 'Content-Type: application/json'"});
  }
  if (!exchange.ChooseModel({})) return;
  std::string& text = exchange.state.buffer;
  const TextLimits& limits = exchange.core.limits;
  const auto error = type == MediaType::kUrlEncoded
                         ? ReadUrlEncodedText(exchange.body, limits, &text)
                         : ReadMultipartText(exchange.body, exchange.request.header("Content-Type"), limits, &text);
  BeginPage(exchange.response);
  const classifier::Classifier& classifier = exchange.model->classifier();
  if (error.has_value()) {
    exchange.response->status = error->status;
    return exchange.core.page.RenderError(classifier, "", error->message, &exchange.response->body);
  }
  exchange.core.page.RenderAnswer(classifier, text, exchange.Score(text, true), &exchange.response->body);
}

void AddPageRoutes(Router* router) {
  router->Add({"GET", "/", ShowPage});
  for (const std::string_view path : {"/static/style.css", "/static/page.js", "/static/icon.svg"}) {
    router->Add({.method = "GET", .pattern = path, .handler = SendStaticFile, .label = "/static"});
  }
}

}  // namespace valence::serving
