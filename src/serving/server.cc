// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "admin_listener.h"
#include "certificate_watch.h"
#include "guard/guard.h"
#include "hangup_signal.h"
#include "listener_url.h"
#include "model_follower.h"
#include "systemd.h"
#include "valence/base/environment.h"
#include "valence/base/log.h"
#include "valence/serving/model_repository.h"
#include "valence/serving/service.h"

namespace valence::serving {

Status Serve(const ServeConfig& config) {
  net::ServerOptions http = config.http;
  if (http.threads <= 0) http.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  http.late_after = config.guard.max_queue_delay;
  const LifecycleOptions& models = config.lifecycle;
  // Those of the side listener have the numbers after HTTP's.
  const int threads = config.open_side_listener == nullptr ? http.threads : 2 * http.threads;
  VALENCE_TRY(const auto lifecycle, ModelLifecycle::Start(models.models, models.loader, threads));
  const auto& repository = lifecycle->repository();
  Service service(repository, {.threads = threads,
                               .max_batch_texts = config.max_batch_texts,
                               .max_text_bytes = config.max_text_bytes,
                               .max_body_bytes = http.max_body_bytes,
                               .feedback = config.feedback,
                               .feedback_recall_bytes = config.feedback_recall_bytes});
  VALENCE_TRY(const auto guard, Guard::Make(config.guard, &service, threads));
  auto handle = [&guard](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    guard->Handle(thread, request, response);
  };
  auto answer = [&guard](int thread, const net::HttpRequest& request, net::HttpResponse* response, oip::Call* call) {
    guard->Handle(thread, request, response, call);
  };
  auto render = [&guard](int thread, const net::HttpRefusal& refusal, net::HttpResponse* response) {
    guard->RenderError(thread, refusal, response);
  };
  auto refuse = [&guard](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    return guard->RefuseUnread(thread, request, response);
  };
  auto refuse_call = [&guard](int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    return guard->RefuseUnread(thread, request, response, Guard::Transport::kCall);
  };
  const net::StreamOpener open = guard->Guarding(
      [&service](int thread, const net::HttpRequest& request) { return service.Open(thread, request); });
  VALENCE_TRY(const std::vector<int> sockets, systemd::ListenSockets(ProcessEnvironment()));
  if (!sockets.empty()) http.inherited_socket = sockets.front();
  const systemd::Notifier notifier(ProcessEnvironment());
  VALENCE_TRY(const auto server, net::HttpServer::Listen(http, handle, render, open, refuse));
  std::unique_ptr<SideListener> side;
  if (config.open_side_listener != nullptr) {
    VALENCE_TRY(side, config.open_side_listener(http, {http.threads, answer, render, refuse_call}));
  }
  ModelFollower follower(lifecycle.get(), models.watch_interval);
  std::unique_ptr<AdminListener> admin;
  if (config.admin.enabled) {
    VALENCE_TRY(admin, AdminListener::Start(config.admin, lifecycle.get()));
  }
  CertificateWatch certificates(http.tls);
  HangupSignal hangup([&follower, &guard, &certificates, &server] {
    guard->Reload();
    certificates.Reload(server.get());
    follower.RequestReload();
  });
  net::ServerEvents events;
  events.on_ready = [&] {
    log::Info(fmt::format("serving {} model {} ready in {:.0f} ms", ListenerUrl(http, server->port()),
                          repository->Snapshot()->default_model()->classifier().version(),
                          config.since_start.seconds() * 1000));
    if (side != nullptr) log::Info(fmt::format("serving {}", side->Describe()));
    notifier.Ready();
  };
  events.on_drain = [&service, &notifier, &side](std::chrono::milliseconds delay) {
    service.BeginDrain();
    if (side != nullptr) side->BeginDrain(delay);
    notifier.Stopping();
    log::Info("stopping: /readyz is 503, answering what is in flight");
  };
  if (side != nullptr) {
    events.on_cut = [&side] { side->Cut(); };
    events.on_drained = [&side] { side->Wait(); };
  }
  if (!http.tls.certificate.empty() || notifier.watchdog().count() > 0) {
    events.on_second = [&notifier, &server, &certificates] {
      notifier.Alive();
      certificates.ReloadIfChanged(server.get());
    };
  }
  server->RunUntilSignal(events);
  log::Info("stopped");
  return Ok();
}

}  // namespace valence::serving
