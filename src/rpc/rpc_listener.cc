// SPDX-License-Identifier: Apache-2.0
#include "valence/rpc/rpc_listener.h"

#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "credentials.h"
#include "health.h"
#include "methods.h"
#include "valence/base/log.h"
#include "worker.h"

namespace valence::rpc {
namespace {

using Clock = std::chrono::system_clock;

// What may be left of a call once the workers are done: bytes on their way, and reflection's and health's answers.
constexpr std::chrono::seconds kLeaveTaking{1};

class RpcListener final : public serving::SideListener {
 public:
  static Result<std::unique_ptr<serving::SideListener>> Open(std::uint16_t port, const net::ServerOptions& http,
                                                             const serving::CallHandlers& handlers);
  ~RpcListener() override {
    if (server_ == nullptr) return;
    Cut();
    BeginDrain({});
    Wait();
  }

  std::string Describe() const override { return "gRPC on " + address_; }
  void BeginDrain(std::chrono::milliseconds delay) override;
  void Cut() override;
  void Wait() override;

 private:
  explicit RpcListener(const net::ServerOptions& http, serving::CallHandlers handlers)
      : http_(http), handlers_(std::move(handlers)) {}

  void Work(Worker* worker);
  void Drain(std::chrono::milliseconds delay);
  void CutLeftovers();

  const net::ServerOptions http_;
  const serving::CallHandlers handlers_;
  std::string address_;
  HealthService health_;
  InferenceServicePtr service_ = MakeInferenceService();
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::jthread> threads_;

  std::mutex mutex_;
  std::condition_variable changed_;  // what follows, under the mutex
  int working_ = 0;                  // workers
  bool cut_ = false;
  bool shutting_down_ = false;
  bool shut_down_ = false;
  std::jthread drain_;
};

/// The server's limits in gRPC's words. Connections are not limited in number: --max-connections is HTTP's.
void SetLimits(const net::ServerOptions& http, grpc::ServerBuilder* builder) {
  constexpr int kMaxStreams = 1024;  // calls under way on one connection
  builder->SetMaxReceiveMessageSize(static_cast<int>(std::min<std::size_t>(http.max_body_bytes, INT32_MAX)));
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                              static_cast<int>(std::min<std::size_t>(http.max_header_bytes, INT32_MAX)));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                              static_cast<int>(std::min<std::int64_t>(http.idle_timeout.count() * 1000, INT32_MAX)));
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server on the port is to find out
}

std::string HostAndPort(const std::string& host, int port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<std::unique_ptr<serving::SideListener>> RpcListener::Open(std::uint16_t port, const net::ServerOptions& http,
                                                                 const serving::CallHandlers& handlers) {
  gpr_set_log_function([](gpr_log_func_args* args) { log::Debug(fmt::format("gRPC: {}", args->message)); });
  VALENCE_TRY(const auto credentials, MakeCredentials(http.tls));
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto listener = std::unique_ptr<RpcListener>(new RpcListener(http, handlers));
  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort(HostAndPort(http.host, port), credentials, &bound);
  builder.RegisterService(AsService(listener->service_.get()));
  builder.RegisterService(&listener->health_);
  SetLimits(http, &builder);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);  // reflection's
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
  for (int i = 0; i < http.threads; ++i) {
    listener->workers_.push_back(std::make_unique<Worker>(listener->service_.get(), builder.AddCompletionQueue(),
                                                          listener->handlers_, handlers.first_thread + i,
                                                          !http.tls.certificate.empty(), http.late_after));
  }
  listener->server_ = builder.BuildAndStart();
  if (listener->server_ == nullptr || bound == 0) {
    return Unavailable(
        fmt::format("cannot listen for gRPC on {}: the port is taken, the host is no address of this "
                    "machine, or the certificate cannot be used",
                    HostAndPort(http.host, port)));
  }
  listener->address_ = HostAndPort(http.host, bound);
  listener->working_ = http.threads;
  for (const auto& worker : listener->workers_) {
    listener->threads_.emplace_back([self = listener.get(), worker = worker.get()] { self->Work(worker); });
  }
  return std::unique_ptr<serving::SideListener>(std::move(listener));
}

void RpcListener::Work(Worker* worker) {
  worker->Run();
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

void RpcListener::BeginDrain(std::chrono::milliseconds delay) {
  if (drain_.joinable()) return;
  health_.Set(HealthService::State::kNotServing);
  drain_ = std::jthread([this, delay] { Drain(delay); });
}

void RpcListener::Drain(std::chrono::milliseconds delay) {
  Clock::time_point deadline = Clock::now();
  {
    std::unique_lock lock(mutex_);
    const bool cut = changed_.wait_for(lock, delay, [this] { return cut_; });
    if (!cut) deadline = Clock::now() + http_.drain_timeout;
    shutting_down_ = true;
  }
  health_.Set(HealthService::State::kEnded);
  const std::jthread leftovers([this] { CutLeftovers(); });
  server_->Shutdown(deadline);
  {
    const std::lock_guard lock(mutex_);
    shut_down_ = true;
  }
  changed_.notify_all();
}

/// A call that arrives in the moment of the shutdown can be left in gRPC (1.51) where it is neither given to a worker
/// nor cancelled: between the end of the requests that wait for calls and the flag that tells calls so. Client and
/// server would both wait for it until the deadline. Streams of reflection that a client holds open are cut as well.
void RpcListener::CutLeftovers() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return working_ == 0 || shut_down_; });
  const bool ended = changed_.wait_for(lock, kLeaveTaking, [this] { return shut_down_; });
  if (!ended) grpc_server_cancel_all_calls(server_->c_server());
}

void RpcListener::Cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
  changed_.notify_all();
  if (shutting_down_) grpc_server_cancel_all_calls(server_->c_server());
}

void RpcListener::Wait() {
  if (drain_.joinable()) drain_.join();
  threads_.clear();
}

}  // namespace

serving::SideListenerOpener OpenOn(std::uint16_t port) {
  return [port](const net::ServerOptions& http, const serving::CallHandlers& handlers) {
    return RpcListener::Open(port, http, handlers);
  };
}

}  // namespace valence::rpc
