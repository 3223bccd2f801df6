// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "valence/base/log.h"
#include "valence/serving/model_repository.h"
#include "valence/serving/service.h"

namespace valence::serving {
namespace {

/// "http://127.0.0.1:5000", with brackets around an IPv6 address.
std::string Address(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

}  // namespace

Status Serve(std::vector<LoadedModel> models, const ServeConfig& config) {
  net::ServerOptions http = config.http;
  if (http.threads <= 0) http.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const std::string version = models.front().classifier->version();
  std::vector<ModelSet::Entry> served;
  for (LoadedModel& model : models) {
    served.push_back(std::make_shared<ServedModel>(model.id, std::move(model.classifier), http.threads));
  }
  const auto repository =
      std::make_shared<ModelRepository>(std::make_shared<const ModelSet>(std::move(served), models.front().id.name));
  Service service(repository, {.threads = http.threads,
                               .max_batch_texts = config.max_batch_texts,
                               .max_text_bytes = config.max_text_bytes,
                               .max_body_bytes = http.max_body_bytes,
                               .model_load_seconds = config.model_load_seconds,
                               .feedback = config.feedback,
                               .feedback_recall_bytes = config.feedback_recall_bytes});
  auto handle = [&service](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    service.Handle(thread, request, response);
  };
  auto render = [&service](int thread, const net::HttpRefusal& refusal, net::HttpResponse* response) {
    service.RenderError(thread, refusal, response);
  };
  VALENCE_TRY(const auto server, net::HttpServer::Listen(http, handle, render));
  log::Info(fmt::format("serving {} model {} ready in {:.0f} ms", Address(http.host, server->port()), version,
                        config.since_start.seconds() * 1000));
  server->RunUntilSignal([&service] {
    service.BeginDrain();
    log::Info("stopping: /readyz is 503, answering what is in flight");
  });
  log::Info("stopped");
  return Ok();
}

}  // namespace valence::serving
