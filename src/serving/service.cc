// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/service.h"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <vector>

#include "http_error.h"
#include "media_type.h"
#include "page.h"
#include "predict_answer.h"
#include "predict_request.h"
#include "routes.h"
#include "service_metrics.h"
#include "valence/base/clock.h"
#include "valence/base/json.h"
#include "valence/base/version.h"

namespace valence::serving {
namespace {

/// What a server thread reuses from request to request.
struct ThreadState {
  explicit ThreadState(std::size_t max_texts) : reader(max_texts) {}
  JsonRequestReader reader;
  PredictRequest request;
  classifier::Classifier::Scratch scratch;
  classifier::Prediction prediction;
  std::string form_text;
};

std::string VersionJson(const classifier::Classifier& classifier, const ServiceOptions& options) {
  Json lineage = Json::MakeObject();
  for (const auto& [key, value] : classifier.bundle().lineage) lineage.Set(key, value);
  return Json::MakeObject({{"name", "valence"},
                           {"version", kVersion},
                           {"model", Json::MakeObject({{"name", options.model_name},
                                                       {"version", classifier.version()},
                                                       {"digest", "sha256:" + classifier.bundle().digest},
                                                       {"labels", Json::ArrayOf(classifier.labels())},
                                                       {"features", classifier.features()},
                                                       {"lineage", lineage}})}})
             .Dump() +
         "\n";
}

void PlainText(int status, std::string_view text, net::HttpResponse* response) {
  response->status = status;
  response->content_type = "text/plain; charset=utf-8";
  response->body.assign(text);
}

}  // namespace

struct Service::Impl {
  Impl(std::shared_ptr<const classifier::Classifier> model, ServiceOptions o)
      : classifier(std::move(model)),
        options(std::move(o)),
        metrics(*classifier, options),
        writer(*classifier),
        page(*classifier),
        version(VersionJson(*classifier, options)),
        model_header(fmt::format("Valence-Model-Version: {}\r\n", classifier->version())) {
    for (int i = 0; i < options.threads; ++i) threads.push_back(std::make_unique<ThreadState>(options.max_batch_texts));
  }

  void Dispatch(int thread, Route route, const net::HttpRequest& request, net::HttpResponse* response);
  void Predict(int thread, const net::HttpRequest& request, net::HttpResponse* response);
  void PredictJson(int thread, const net::HttpRequest& request, net::HttpResponse* response);
  void PredictForm(int thread, MediaType type, const net::HttpRequest& request, net::HttpResponse* response);
  void PredictOne(int thread, std::string_view text, bool explain);
  void Ready(std::string_view query, net::HttpResponse* response) const;

  std::shared_ptr<const classifier::Classifier> classifier;
  ServiceOptions options;
  ServiceMetrics metrics;
  AnswerWriter writer;
  Page page;
  std::string version;
  std::string model_header;
  std::vector<std::unique_ptr<ThreadState>> threads;
  std::atomic<bool> draining = false;
};

Service::Service(std::shared_ptr<const classifier::Classifier> classifier, ServiceOptions options)
    : impl_(std::make_unique<Impl>(std::move(classifier), std::move(options))) {}
Service::~Service() = default;

void Service::BeginDrain() { impl_->draining = true; }

void Service::Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response) {
  const Stopwatch watch;
  const Route route = FindRoute(request.path);
  impl_->metrics.Started(thread);
  try {
    impl_->Dispatch(thread, route, request, response);
  } catch (const std::exception&) {
    response->Clear();
    WriteError({500, "the server failed on this request"}, response);
  }
  impl_->metrics.Finished(thread, route, request.method, response->status, watch.seconds());
}

void Service::RenderError(int thread, int status, std::string_view message, net::HttpResponse* response) {
  impl_->metrics.Refused(thread, status);
  WriteError({status, std::string(message)}, response);
  if (status == 503) response->extra_headers.append("Retry-After: 1\r\n");
}

void Service::Impl::Dispatch(int thread, Route route, const net::HttpRequest& request, net::HttpResponse* response) {
  if (route == Route::kUnknown) return WriteError({404, "there is nothing at this path"}, response);
  if (!Allows(route, request.method)) {
    WriteError({405, fmt::format("{} takes {}", request.path, AllowedMethods(route))}, response);
    response->extra_headers.append("Allow: ").append(AllowedMethods(route)).append("\r\n");
    return;
  }
  switch (route) {
    case Route::kPredict:
      return Predict(thread, request, response);
    case Route::kPage:
      response->content_type = "text/html; charset=utf-8";
      response->extra_headers.append(kPageHeaders);
      return page.RenderEmpty(&response->body);
    case Route::kStyle:
    case Route::kScript:
    case Route::kIcon: {
      const StaticFile file = FindStaticFile(route);
      response->content_type = file.content_type;
      response->extra_headers.append(kStaticHeaders);
      response->body.assign(file.content);
      return;
    }
    case Route::kMetrics:
      response->content_type = telemetry::kExpositionType;
      response->body = metrics.Expose();
      return;
    case Route::kLive:
      return PlainText(200, request.query == "verbose" ? "[+]process ok\nlivez check passed\n" : "ok\n", response);
    case Route::kReady:
      return Ready(request.query, response);
    case Route::kVersion:
      response->body.assign(version);
      return;
    case Route::kUnknown:
      return;
  }
}

/// The model was verified before the server listened, so only a drain makes this false.
void Service::Impl::Ready(std::string_view query, net::HttpResponse* response) const {
  const bool ready = !draining;
  if (query == "verbose") {
    const std::string_view text = ready ? "[+]model ok\n[+]shutdown ok\nreadyz check passed\n"
                                        : "[+]model ok\n[-]shutdown failed: draining\nreadyz check failed\n";
    return PlainText(ready ? 200 : 503, text, response);
  }
  PlainText(ready ? 200 : 503, ready ? "ok\n" : "draining\n", response);
}

void Service::Impl::Predict(int thread, const net::HttpRequest& request, net::HttpResponse* response) {
  const MediaType type = ParseMediaType(request.header("Content-Type"));
  response->extra_headers.append(model_header);
  switch (type) {
    case MediaType::kJson:
      return PredictJson(thread, request, response);
    case MediaType::kUrlEncoded:
    case MediaType::kMultipart:
      return PredictForm(thread, type, request, response);
    case MediaType::kOther:
      return WriteError({415,
                         "Content-Type: expected application/json, application/x-www-form-urlencoded or "
                         "multipart/form-data, in UTF-8"},
                        response);
  }
}

void Service::Impl::PredictOne(int thread, std::string_view text, bool explain) {
  ThreadState& state = *threads[static_cast<std::size_t>(thread)];
  if (explain) {
    classifier->Explain(text, &state.scratch, &state.prediction);
  } else {
    classifier->Predict(text, &state.scratch, &state.prediction);
  }
  metrics.Predicted(thread, text, state.prediction);
}

void Service::Impl::PredictJson(int thread, const net::HttpRequest& request, net::HttpResponse* response) {
  ThreadState& state = *threads[static_cast<std::size_t>(thread)];
  const PredictRequest& wanted = state.request;
  if (const auto error = state.reader.Read(request.body, &state.request); error.has_value()) {
    return WriteError(*error, response);
  }
  std::string& out = response->body;
  if (wanted.batch) out.append(R"({"predictions":[)");
  for (const std::string_view text : wanted.texts) {
    if (wanted.batch && out.back() == '}') out.push_back(',');
    PredictOne(thread, text, wanted.explain);
    writer.Append(text, state.prediction, wanted.explain, wanted.max_attributions, &out);
  }
  out.append(wanted.batch ? "]}\n" : "\n");
}

void Service::Impl::PredictForm(int thread, MediaType type, const net::HttpRequest& request,
                                net::HttpResponse* response) {
  ThreadState& state = *threads[static_cast<std::size_t>(thread)];
  if (request.body.starts_with('{')) {
    return WriteError({415, "the body looks like JSON: send it with 'Content-Type: application/json'"}, response);
  }
  const auto error = type == MediaType::kUrlEncoded
                         ? ReadUrlEncodedText(request.body, &state.form_text)
                         : ReadMultipartText(request.body, request.header("Content-Type"), &state.form_text);
  response->content_type = "text/html; charset=utf-8";
  response->extra_headers.append(kPageHeaders);
  if (error.has_value()) {
    response->status = error->status;
    return page.RenderError("", error->message, &response->body);
  }
  PredictOne(thread, state.form_text, true);
  page.RenderAnswer(state.form_text, state.prediction, &response->body);
}

}  // namespace valence::serving
