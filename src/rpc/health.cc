// SPDX-License-Identifier: Apache-2.0
#include "health.h"

#include <optional>

namespace valence::rpc {
namespace {

bool IsKnown(const std::string& service) {
  return service.empty() || service == "inference.GRPCInferenceService" || service == "grpc.health.v1.Health";
}

}  // namespace

/// One stream. It lives from Watch to OnDone, and all of it is under the service's mutex.
class HealthService::Watcher final : public grpc::ServerWriteReactor<Response> {
 public:
  Watcher(HealthService* service, bool known) : service_(*service), known_(known) {
    const std::lock_guard lock(service_.mutex_);
    service_.watchers_.insert(this);
    Continue();
  }

  /// Writes what has not been said yet, if nothing is being written; then ends if it is time.
  void Continue() {
    if (writing_ || finished_) return;
    const auto status = Status();
    if (said_ != status) {
      said_ = status;
      message_.set_status(status);
      writing_ = true;
      return StartWrite(&message_);
    }
    if (service_.state_ == State::kEnded) End({grpc::StatusCode::UNAVAILABLE, "the server is shutting down"});
  }

 private:
  Response::ServingStatus Status() const {
    if (!known_) return Response::SERVICE_UNKNOWN;
    return service_.state_ == State::kServing ? Response::SERVING : Response::NOT_SERVING;
  }

  void End(const grpc::Status& status) {
    finished_ = true;
    Finish(status);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(service_.mutex_);
    writing_ = false;
    if (ok) return Continue();
    if (!finished_) End(grpc::Status::CANCELLED);
  }

  void OnCancel() override {
    const std::lock_guard lock(service_.mutex_);
    if (!finished_) End(grpc::Status::CANCELLED);
  }

  void OnDone() override {
    {
      const std::lock_guard lock(service_.mutex_);
      service_.watchers_.erase(this);
    }
    delete this;
  }

  HealthService& service_;
  const bool known_;
  Response message_;
  std::optional<Response::ServingStatus> said_;
  bool writing_ = false;
  bool finished_ = false;
};

void HealthService::Set(State state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  for (Watcher* const watcher : watchers_) watcher->Continue();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context, const Request* request,
                                               Response* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (!IsKnown(request->service())) {
    reactor->Finish(
        {grpc::StatusCode::NOT_FOUND, "there is no such service: \"\" and inference.GRPCInferenceService are"});
    return reactor;
  }
  const std::lock_guard lock(mutex_);
  response->set_status(state_ == State::kServing ? Response::SERVING : Response::NOT_SERVING);
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<HealthService::Response>* HealthService::Watch(grpc::CallbackServerContext* /*context*/,
                                                                        const Request* request) {
  return new Watcher(this, IsKnown(request->service()));
}

}  // namespace valence::rpc
