// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "guarded_stream.h"
#include "refused_stream.h"
#include "routes.h"
#include "security_headers.h"
#include "valence/base/log.h"
#include "valence/telemetry/registry.h"

namespace valence::serving {
namespace {

// What orchestrators ask, without a key and however busy we are.
constexpr std::array<std::string_view, 8> kHealthPaths = {"/health",
                                                          "/livez",
                                                          "/ping",
                                                          "/readyz",
                                                          "/v2/health/live",
                                                          "/v2/health/ready",
                                                          "/inference.GRPCInferenceService/ServerLive",
                                                          "/inference.GRPCInferenceService/ServerReady"};

bool IsHealth(std::string_view path) {
  return std::find(kHealthPaths.begin(), kHealthPaths.end(), path) != kHealthPaths.end();
}

std::string_view RouteOf(const net::HttpRequest& request) {
  PathParameters ignored;
  return Routes().labels()[Routes().Find(request.method, request.path, &ignored).label];
}

}  // namespace

Guard::Guard(const GuardOptions& options, Service* service, int threads, Cors cors)
    : options_(options),
      service_(*service),
      registry_(std::make_unique<telemetry::Registry>(threads)),
      cors_(std::move(cors)) {
  for (int i = 0; i < threads; ++i) threads_.push_back(std::make_unique<ThreadState>(options));
  if (options.rate_limit > 0 && options.api_keys_file.empty()) {
    addresses_ = std::make_unique<AddressLimiter>(options.rate_limit);
  }
}
Guard::~Guard() = default;

Result<std::unique_ptr<Guard>> Guard::Make(const GuardOptions& options, Service* service, int threads) {
  VALENCE_TRY(Cors cors, Cors::Make(options.cors_origins));
  auto guard = std::unique_ptr<Guard>(new Guard(options, service, threads, std::move(cors)));
  if (!options.api_keys_file.empty()) VALENCE_RETURN_IF_ERROR(guard->LoadKeys());
  if (!options.access_log.file.empty()) VALENCE_RETURN_IF_ERROR(guard->OpenLog());
  service->Show(guard->registry_.get());
  return guard;
}

Status Guard::OpenLog() {
  VALENCE_TRY(log_, AccessLog::Open(options_.access_log, registry_->shards()));
  registry_->AddCallback(telemetry::Registry::Kind::kCounter, "valence_access_log_dropped_total",
                         "Lines that the access log lost: its file was too slow or full.",
                         [&sink = log_->sink()] { return static_cast<double>(sink.dropped()); });
  return Ok();
}

Status Guard::LoadKeys() {
  const auto former = keys_.load();
  VALENCE_TRY(auto keys, ApiKeys::Load(options_.api_keys_file, former.get()));
  if (keys->size() == 0) {
    return InvalidArgument(
        fmt::format("{}: no keys, so nobody could ask; 'valence api-key new NAME' makes one", options_.api_keys_file));
  }
  keys_ = std::move(keys);
  return Ok();
}

void Guard::Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response, oip::Call* call) {
  ThreadState& state = *threads_[static_cast<std::size_t>(thread)];
  Visit visit{.identity = state.identity, .request = request, .handled = {}};
  state.identity.Read(request, log_ != nullptr, &state.ids);
  if (log_ != nullptr && log_->wants_texts()) {
    state.texts.clear();
    visit.handled.texts = &state.texts;
  }
  if (Admit(thread, &visit, response)) service_.Handle(thread, request, response, &visit.handled, call);
  if (response->deferred != nullptr) return Defer(thread, std::move(visit), response->deferred.get());
  Complete(call == nullptr ? Transport::kHttp : Transport::kCall, state.identity, request, response);
  Log(thread, visit, *response);
}

bool Guard::RefuseUnread(int thread, const net::HttpRequest& request, net::HttpResponse* response,
                         Transport transport) {
  if (request.method == "OPTIONS") return false;  // a preflight's answer is no refusal
  ThreadState& state = *threads_[static_cast<std::size_t>(thread)];
  Visit visit{.identity = state.identity, .request = request, .stage = Stage::kHead, .handled = {}};
  if (Admit(thread, &visit, response)) return false;
  state.identity.Read(request, log_ != nullptr, &state.ids);
  Complete(transport, state.identity, request, response);
  Log(thread, visit, *response);
  return true;
}

bool Guard::Admit(int thread, Visit* visit, net::HttpResponse* response) {
  if (cors_.AnswerPreflight(visit->request, response)) return false;
  const std::string_view path = visit->request.path;
  if (IsHealth(path)) return true;
  if (path == "/metrics") return Authenticate(thread, visit, response);  // most wanted when there is too much to do
  return IsInTime(thread, visit, response) && Authenticate(thread, visit, response) &&
         TakeToken(thread, visit, response);
}

bool Guard::IsInTime(int thread, Visit* visit, net::HttpResponse* response) {
  OverloadGate& gate = threads_[static_cast<std::size_t>(thread)]->overload;
  const net::HttpRequest& request = visit->request;
  const auto waited = request.queue_is_full ? std::chrono::nanoseconds::max() : request.waited;
  if (!gate.enabled() || (visit->stage == Stage::kHead && !gate.WouldRefuse(waited))) return true;
  const auto now = gate.NeedsTime(waited) ? OverloadGate::Clock::now() : OverloadGate::Clock::time_point{};
  if (!gate.Refuses(waited, now)) return true;
  Refuse(thread, visit, 503, "overloaded: the request had to wait too long; try again later", response);
  return false;
}

bool Guard::Authenticate(int thread, Visit* visit, net::HttpResponse* response) {
  if (options_.api_keys_file.empty()) return true;
  visit->keys = keys_.load();
  const std::string_view secret = SecretOf(visit->request);
  visit->key = visit->keys->Find(secret);
  if (visit->key != nullptr) return true;
  Refuse(thread, visit, 401,
         secret.empty() ? "an API key is needed: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'"
                        : "this API key is not known",
         response);
  response->extra_headers.append(secret.empty()
                                     ? "WWW-Authenticate: Bearer realm=\"valence\"\r\n"
                                     : "WWW-Authenticate: Bearer realm=\"valence\", error=\"invalid_token\"\r\n");
  return false;
}

bool Guard::TakeToken(int thread, Visit* visit, net::HttpResponse* response) {
  if (visit->key == nullptr && addresses_ == nullptr) return true;
  const auto now = TokenBucket::Clock::now();
  const bool look = visit->stage == Stage::kHead;
  double rate = options_.rate_limit;
  TokenBucket::Grant grant;
  if (visit->key != nullptr) {
    if (visit->key->rate > 0) rate = visit->key->rate;
    if (rate <= 0) return true;
    TokenBucket& bucket = *visit->key->bucket;
    grant = look ? bucket.Look(rate, now) : bucket.Take(rate, now);
  } else {
    grant = look ? addresses_->Look(visit->request.peer, now) : addresses_->Take(visit->request.peer, now);
  }
  if (!grant.granted) {
    Refuse(thread, visit, 429, fmt::format("more than {} requests a second", rate), response);
  }
  if (look && grant.granted) return true;
  AppendRateHeaders(rate, grant, &response->extra_headers);
  return grant.granted;
}

void Guard::Refuse(int thread, Visit* visit, int status, std::string_view reason, net::HttpResponse* response) {
  visit->handled.route = RouteOf(visit->request);
  service_.RenderError(thread, {.status = status, .reason = reason, .path = visit->request.path}, response);
}

net::StreamOpener Guard::Guarding(net::StreamOpener open) {
  return [this, open = std::move(open)](int thread, const net::HttpRequest& request) {
    return Open(thread, request, open);
  };
}

std::unique_ptr<net::HttpStream> Guard::Open(int thread, const net::HttpRequest& request,
                                             const net::StreamOpener& open) {
  auto stream = open(thread, request);
  if (stream == nullptr) return nullptr;
  ThreadState& state = *threads_[static_cast<std::size_t>(thread)];
  Visit visit{.identity = state.identity, .request = request, .handled = {}};
  net::HttpResponse refusal;
  if (!Admit(thread, &visit, &refusal)) stream = std::make_unique<RefusedStream>(std::move(refusal));
  struct Kept {
    RequestIdentity identity;
    std::string client, key, method;
  };
  const auto kept = std::make_shared<Kept>();
  kept->identity.Read(request, log_ != nullptr, &state.ids);
  kept->client = request.peer;
  kept->method = request.method;
  if (visit.key != nullptr) kept->key = visit.key->name;
  auto complete = [this, kept, &request](net::HttpResponse* response) {
    Complete(Transport::kHttp, kept->identity, request, response);
  };
  auto record = [this, thread, kept, watch = visit.handled.watch,
                 route = RouteOf(request)](const GuardedStream::Outcome& outcome) {
    if (log_ == nullptr) return;
    log_->Write(thread, {.identity = kept->identity,
                         .client = kept->client,
                         .key = kept->key,
                         .method = kept->method,
                         .route = route,
                         .status = outcome.status,
                         .received_bytes = outcome.received_bytes,
                         .sent_bytes = outcome.sent_bytes,
                         .seconds = watch.seconds()});
  };
  return std::make_unique<GuardedStream>(std::move(stream), std::move(complete), std::move(record));
}

/// An answer that waits is completed and logged when it is there; until then the thread's state is another request's.
void Guard::Defer(int thread, Visit visit, net::DeferredWork* deferred) {
  struct Kept {
    RequestIdentity identity;
    std::string model, model_version;
    std::vector<std::string> texts;
    std::shared_ptr<const ApiKeys> keys;
  };
  Handled& handled = visit.handled;
  const auto kept =
      std::make_shared<Kept>(Kept{visit.identity, std::string(handled.model), std::string(handled.model_version),
                                  handled.texts ? *handled.texts : std::vector<std::string>(), std::move(visit.keys)});
  handled.model = kept->model;
  handled.model_version = kept->model_version;
  if (handled.texts != nullptr) handled.texts = &kept->texts;
  deferred->finish = [this, thread, kept, handled, finish = std::move(deferred->finish), key = visit.key,
                      &request = visit.request](net::HttpResponse* response) {
    finish(response);
    Complete(Transport::kHttp, kept->identity, request, response);
    const Visit done{.identity = kept->identity, .request = request, .handled = handled, .keys = {}, .key = key};
    Log(thread, done, *response);
  };
}

void Guard::Complete(Transport transport, const RequestIdentity& identity, const net::HttpRequest& request,
                     net::HttpResponse* response) const {
  if (transport == Transport::kHttp) {
    AppendSecurityHeaders(response);
    if (request.secure) response->extra_headers.append("Strict-Transport-Security: max-age=31536000\r\n");
    cors_.AppendHeaders(request, &response->extra_headers);
  }
  identity.AppendHeaders(&response->extra_headers);
}

void Guard::Log(int thread, const Visit& visit, const net::HttpResponse& response) {
  if (log_ == nullptr) return;
  const net::HttpRequest& request = visit.request;
  log_->Write(thread, {.identity = visit.identity,
                       .client = request.peer,
                       .key = visit.key == nullptr ? std::string_view() : visit.key->name,
                       .method = request.method,
                       .route = visit.handled.route,
                       .model = visit.handled.model,
                       .model_version = visit.handled.model_version,
                       .status = response.status,
                       .received_bytes = request.body.size(),
                       .sent_bytes = request.method == "HEAD" ? 0 : response.body.size(),
                       .seconds = visit.handled.watch.seconds(),
                       .texts = visit.handled.texts});
}

void Guard::RenderError(int thread, const net::HttpRefusal& refusal, net::HttpResponse* response) {
  ThreadState& state = *threads_[static_cast<std::size_t>(thread)];
  state.identity.Invent(&state.ids);  // its header was not understood, or is not trusted
  service_.RenderError(thread, refusal, response);
  AppendSecurityHeaders(response);
  state.identity.AppendHeaders(&response->extra_headers);
  if (log_ == nullptr) return;
  log_->Write(thread, {.identity = state.identity,
                       .client = refusal.peer,
                       .route = "unknown",
                       .status = refusal.status,
                       .sent_bytes = response->body.size()});
}

void Guard::Reload() {
  if (log_ != nullptr) log_->sink().Reopen();
  if (options_.api_keys_file.empty()) return;
  if (const Status loaded = LoadKeys(); !loaded) {
    log::Warning(loaded.error().message + "; the keys stay as they were");
  } else {
    log::Info(fmt::format("{}: {} API keys", options_.api_keys_file, keys_.load()->size()));
  }
}

}  // namespace valence::serving
