// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <set>

#include "health.grpc.pb.h"

namespace valence::rpc {

/// grpc.health.v1.Health of the server ("") and of inference.GRPCInferenceService, which are as healthy as each other.
/// Like HTTP's /livez and /readyz it asks for no key; it is in no log. Thread-safe.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  enum class State { kServing, kNotServing, kEnded };

  /// What Check answers and who watches is told from now on. kEnded is kNotServing, and ends what watches, so that it
  /// holds up no drain.
  void Set(State state);

 private:
  using Request = grpc::health::v1::HealthCheckRequest;
  using Response = grpc::health::v1::HealthCheckResponse;
  class Watcher;

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const Request* request,
                                  Response* response) override;
  grpc::ServerWriteReactor<Response>* Watch(grpc::CallbackServerContext* context, const Request* request) override;

  std::mutex mutex_;
  State state_ = State::kServing;
  std::set<Watcher*> watchers_;
};

}  // namespace valence::rpc
