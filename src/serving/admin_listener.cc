// SPDX-License-Identifier: Apache-2.0
#include "admin_listener.h"

#include "listener_url.h"
#include "valence/base/log.h"

namespace valence::serving {

Result<std::unique_ptr<AdminListener>> AdminListener::Start(const AdminOptions& options, ModelLifecycle* lifecycle) {
  if (options.token.empty()) return InvalidArgument("the admin listener needs a token");
  std::unique_ptr<AdminListener> self(new AdminListener(lifecycle, options.token));
  net::ServerOptions http;
  http.host = options.host;
  http.port = options.port;
  http.threads = 1;
  http.max_body_bytes = 16u << 10;
  http.max_connections = 16;
  http.drain_timeout = std::chrono::seconds(5);
  auto handle = [service = &self->service_](int, const net::HttpRequest& request, net::HttpResponse* response) {
    service->Handle(request, response);
  };
  auto render = [](int, const net::HttpRefusal& refusal, net::HttpResponse* response) {
    WriteError({refusal.status, std::string(refusal.reason)}, response);
  };
  VALENCE_TRY(self->server_, net::HttpServer::Listen(http, handle, render));
  log::Info("admin on " + ListenerUrl(http, self->server_->port()));
  self->thread_ = std::thread([server = self->server_.get()] { server->Run(); });
  return self;
}

AdminListener::~AdminListener() {
  if (!thread_.joinable()) return;
  server_->Stop();
  thread_.join();
}

}  // namespace valence::serving
