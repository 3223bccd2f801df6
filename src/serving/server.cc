// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "valence/base/log.h"
#include "valence/serving/service.h"

namespace valence::serving {
namespace {

/// "http://127.0.0.1:5000", with brackets around an IPv6 address.
std::string Address(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

}  // namespace

Status Serve(std::shared_ptr<const classifier::Classifier> classifier, const ServeConfig& config) {
  net::ServerOptions http = config.http;
  if (http.threads <= 0) http.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const std::string version = classifier->version();
  Service service(std::move(classifier),
                  {http.threads, config.max_batch_texts, config.model_name, config.model_load_seconds});
  auto handle = [&service](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    service.Handle(thread, request, response);
  };
  auto render = [&service](int thread, int status, std::string_view message, net::HttpResponse* response) {
    service.RenderError(thread, status, message, response);
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
