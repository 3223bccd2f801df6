// SPDX-License-Identifier: Apache-2.0
#include "page_routes.h"

#include "content_coding.h"
#include "exchange.h"
#include "static_files.h"

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
  exchange.core.page.RenderEmpty(*model, &exchange.response->body);
}

void SendStaticFile(Exchange& exchange) {
  const StaticFile* const file = FindStaticFile(exchange.request.path);
  exchange.response->content_type = file->content_type;
  exchange.response->extra_headers.append(kStaticHeaders);
  std::string& body = exchange.response->body;
  exchange.response->extra_headers.append("Vary: Accept-Encoding\r\n");
  if (ChooseCoding(exchange.request.header("Accept-Encoding")) == ContentCoding::kGzip) {
    exchange.response->extra_headers.append("Content-Encoding: gzip\r\n");
    body.assign(file->packed);
    return;
  }
  constexpr std::size_t kMaxFile = 16u << 20;
  if (const auto fault = Unpack("gzip", file->packed, kMaxFile, &body)) exchange.Fail(*fault);
}

void ShowDocs(Exchange& exchange) {
  BeginPage(exchange.response);
  exchange.response->body = exchange.core.page.docs();
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
  if (error.has_value()) {
    exchange.response->status = error->status;
    return exchange.core.page.RenderError(*exchange.model, "", error->message, &exchange.response->body);
  }
  exchange.core.page.RenderAnswer(*exchange.model, text, exchange.Score(text, classifier::kAllAttributions),
                                  &exchange.response->body);
}

void AddPageRoutes(Router* router) {
  router->Add({"GET", "/", ShowPage});
  router->Add({"GET", "/docs", ShowDocs});
  for (const StaticFile& file : StaticFiles()) {
    router->Add({.method = "GET", .pattern = file.path, .handler = SendStaticFile, .label = "/static"});
  }
}

}  // namespace valence::serving
