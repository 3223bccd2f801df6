// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "admin_listener.h"
#include "hangup_signal.h"
#include "model_follower.h"
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

Status Serve(const ServeConfig& config) {
  net::ServerOptions http = config.http;
  if (http.threads <= 0) http.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const LifecycleOptions& models = config.lifecycle;
  VALENCE_TRY(const auto lifecycle, ModelLifecycle::Start(models.models, models.loader, http.threads));
  const auto& repository = lifecycle->repository();
  Service service(repository, {.threads = http.threads,
                               .max_batch_texts = config.max_batch_texts,
                               .max_text_bytes = config.max_text_bytes,
                               .max_body_bytes = http.max_body_bytes,
                               .feedback = config.feedback,
                               .feedback_recall_bytes = config.feedback_recall_bytes});
  auto handle = [&service](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    service.Handle(thread, request, response);
  };
  auto render = [&service](int thread, const net::HttpRefusal& refusal, net::HttpResponse* response) {
    service.RenderError(thread, refusal, response);
  };
  VALENCE_TRY(const auto server, net::HttpServer::Listen(http, handle, render));
  ModelFollower follower(lifecycle.get(), models.watch_interval);
  std::unique_ptr<AdminListener> admin;
  if (config.admin.enabled) {
    VALENCE_TRY(admin, AdminListener::Start(config.admin, lifecycle.get()));
  }
  HangupSignal hangup([&follower] { follower.RequestReload(); });
  log::Info(fmt::format("serving {} model {} ready in {:.0f} ms", Address(http.host, server->port()),
                        repository->Snapshot()->default_model()->classifier().version(),
                        config.since_start.seconds() * 1000));
  server->RunUntilSignal([&service] {
    service.BeginDrain();
    log::Info("stopping: /readyz is 503, answering what is in flight");
  });
  log::Info("stopped");
  return Ok();
}

}  // namespace valence::serving
