// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access_log.h"
#include "api_keys.h"
#include "cors.h"
#include "overload_gate.h"
#include "rate_limiter.h"
#include "request_identity.h"
#include "valence/base/result.h"
#include "valence/serving/guard_options.h"
#include "valence/serving/service.h"

namespace valence::serving {

/// What stands between the HTTP server and the service: says who a request is and whether it may, and keeps the access
/// log. Handle and RenderError are called as net::HttpServer calls its handler and renderer.
///
/// In this order: a browser's preflight is answered; health routes pass; what has waited too long is refused (503); a
/// key is asked for (401); a token is taken (429).
class Guard {
 public:
  /// `service` must live until the last request. Errors: kInvalidArgument for what the options or their files say.
  static Result<std::unique_ptr<Guard>> Make(const GuardOptions& options, Service* service, int threads);
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard();

  /// A call's answer has no header fields that only browsers read.
  enum class Transport { kHttp, kCall };

  /// `call`: as Service::Handle; that of Transport::kCall.
  void Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response, oip::Call* call = nullptr);
  /// net::HttpRefuser: refuses what Handle would, before the body is read. Takes no token and finds no overload.
  bool RefuseUnread(int thread, const net::HttpRequest& request, net::HttpResponse* response,
                    Transport transport = Transport::kHttp);
  /// The opener to give to net::HttpServer for the service's own: asks the same of streams. One that is refused is
  /// replaced by one that says why.
  net::StreamOpener Guarding(net::StreamOpener open);
  void RenderError(int thread, const net::HttpRefusal& refusal, net::HttpResponse* response);
  /// SIGHUP: reads files anew. What cannot be read stays as it was, and a warning says so. Thread-safe.
  void Reload();

 private:
  /// Whether a request has its body; one that has not is admitted only for the moment, at no cost to its key.
  enum class Stage { kHead, kWhole };
  /// A request being answered.
  struct Visit {
    RequestIdentity& identity;
    const net::HttpRequest& request;
    Stage stage = Stage::kWhole;
    Handled handled;
    std::shared_ptr<const ApiKeys> keys = {};
    const KnownKey* key = nullptr;  ///< of `keys`
  };
  /// What a server thread reuses from request to request.
  struct alignas(64) ThreadState {
    explicit ThreadState(const GuardOptions& options) : overload(options.max_queue_delay) {}
    IdSource ids;
    RequestIdentity identity;
    OverloadGate overload;
    std::vector<std::string> texts;
  };

  Guard(const GuardOptions& options, Service* service, int threads, Cors cors);
  Status OpenLog();
  Status LoadKeys();

  /// Whether the request may go on to the service; else `response` says why not.
  bool Admit(int thread, Visit* visit, net::HttpResponse* response);
  std::unique_ptr<net::HttpStream> Open(int thread, const net::HttpRequest& request, const net::StreamOpener& open);
  bool IsInTime(int thread, Visit* visit, net::HttpResponse* response);
  bool Authenticate(int thread, Visit* visit, net::HttpResponse* response);
  bool TakeToken(int thread, Visit* visit, net::HttpResponse* response);
  void Refuse(int thread, Visit* visit, int status, std::string_view reason, net::HttpResponse* response);

  void Complete(Transport transport, const RequestIdentity& identity, const net::HttpRequest& request,
                net::HttpResponse* response) const;
  void Log(int thread, const Visit& visit, const net::HttpResponse& response);
  void Defer(int thread, Visit visit, net::DeferredWork* deferred);

  const GuardOptions options_;
  Service& service_;
  const std::unique_ptr<telemetry::Registry> registry_;
  const Cors cors_;
  std::unique_ptr<AccessLog> log_;  ///< nullptr: none is kept
  std::atomic<std::shared_ptr<const ApiKeys>> keys_;
  std::unique_ptr<AddressLimiter> addresses_;  ///< nullptr: no limit, or keys have theirs
  std::vector<std::unique_ptr<ThreadState>> threads_;
};

}  // namespace valence::serving
