// SPDX-License-Identifier: Apache-2.0
#include "valence/net/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "http_worker.h"

namespace valence::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

Result<asio::ip::address> ParseHost(const std::string& host) {
  if (host == "localhost") return asio::ip::address(asio::ip::address_v4::loopback());
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) {
    return InvalidArgument(fmt::format("host '{}': expected an IP address such as 127.0.0.1, 0.0.0.0 or ::", host));
  }
  return address;
}

/// SO_REUSEPORT would let a second server take half of the first one's connections in silence; a bind without it
/// finds out.
Status CheckPortFree(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return Ok();
  asio::io_context io;
  tcp::acceptor probe(io);
  error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) return Ok();
  return Unavailable(
      fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(), endpoint.port(), error.message()));
}

int ThreadCount(int requested) {
  if (requested > 0) return requested;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

void HttpResponse::Clear() {
  status = 200;
  content_type = "application/json";
  body.clear();
  extra_headers.clear();
  deferred.reset();
}

struct HttpServer::Impl {
  ServerShared shared;
  std::vector<std::unique_ptr<Worker>> workers;
  std::uint16_t port = 0;
  // Ends first: what it was still doing is handed to the workers.
  asio::thread_pool side_thread{1};
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(const ServerOptions& options, HttpHandler handler,
                                                       ErrorRenderer error_renderer, StreamOpener open_stream,
                                                       HttpRefuser refuse) {
  tcp::endpoint endpoint;
  if (options.inherited_socket < 0) {
    VALENCE_TRY(const asio::ip::address address, ParseHost(options.host));
    endpoint = tcp::endpoint(address, options.port);
    VALENCE_RETURN_IF_ERROR(CheckPortFree(endpoint));
  }
  auto impl = std::make_unique<Impl>();
  impl->shared.side_thread = &impl->side_thread;
  impl->shared.options = options;
  impl->shared.handler = std::move(handler);
  impl->shared.render_error = std::move(error_renderer);
  impl->shared.open_stream = std::move(open_stream);
  impl->shared.refuse = std::move(refuse);
  if (!options.tls.certificate.empty()) {
    VALENCE_TRY(impl->shared.tls, TlsContext::Load(options.tls.certificate, options.tls.key));
  }
  for (int i = 0; i < ThreadCount(options.threads); ++i) {
    VALENCE_TRY(EpollSet epoll, EpollSet::Open());
    auto worker = std::make_unique<Worker>(&impl->shared, i, std::move(epoll));
    VALENCE_TRY(endpoint,
                options.inherited_socket < 0 ? worker->Listen(endpoint) : worker->Adopt(options.inherited_socket));
    impl->workers.push_back(std::move(worker));
  }
  impl->port = endpoint.port();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->port; }

int HttpServer::threads() const { return static_cast<int>(impl_->workers.size()); }

void HttpServer::Run() {
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < impl_->workers.size(); ++i) {
    others.emplace_back([worker = impl_->workers[i].get()] { worker->Run(); });
  }
  impl_->workers.front()->Run();
}

void HttpServer::Stop(std::chrono::milliseconds delay) {
  for (const auto& worker : impl_->workers) worker->Stop(delay);
}

Status HttpServer::ReloadCertificates() { return impl_->shared.tls == nullptr ? Ok() : impl_->shared.tls->Reload(); }

namespace {

void EverySecond(asio::steady_timer& timer, const std::function<void()>& call) {
  timer.expires_after(std::chrono::seconds(1));
  timer.async_wait([&](error_code cancelled) {
    if (cancelled) return;
    call();
    EverySecond(timer, call);
  });
}

}  // namespace

void HttpServer::RunUntilSignal(const ServerEvents& events) {
  asio::io_context control(1);
  asio::signal_set ends(control, SIGTERM, SIGINT);
  asio::steady_timer seconds(control);
  ends.async_wait([&](error_code cancelled, int signal) {
    if (cancelled) return;
    const std::chrono::milliseconds delay(signal == SIGTERM ? impl_->shared.options.drain_delay
                                                            : std::chrono::seconds(0));
    if (events.on_drain) events.on_drain(delay);
    Stop(delay);
    ends.async_wait([&](error_code again_cancelled, int) {
      if (again_cancelled) return;
      if (events.on_cut) events.on_cut();
      for (const auto& worker : impl_->workers) worker->Cut();
    });
  });
  if (events.on_ready) events.on_ready();
  if (events.on_second) EverySecond(seconds, events.on_second);
  std::jthread watcher([&] { control.run(); });
  Run();
  if (events.on_drained) events.on_drained();
  control.stop();
}

}  // namespace valence::net
