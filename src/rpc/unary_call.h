// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>

#include "methods.h"
#include "tag.h"
#include "valence/net/http_server.h"

namespace valence::rpc {

class Worker;

/// One call at a time, from its arrival to its answer's being sent. Belongs to a worker, and runs on its thread.
class UnaryCall final : public Tag {
 public:
  explicit UnaryCall(Worker* worker) : worker_(*worker) {}

  /// Waits for the next call of `method`.
  void Await(const Method& method);
  void Proceed(bool ok) override;

 private:
  void Answer();
  /// Sends what `response` says.
  void Send();
  /// The call's bytes, in one piece; they live in `slice`.
  bool ReadBytes(grpc::Slice* slice);

  Worker& worker_;
  const Method* method_ = nullptr;
  bool answered_ = false;
  // gRPC wants these anew for each call.
  std::optional<grpc::ServerContext> context_;
  std::optional<Responder> responder_;
  grpc::ByteBuffer request_;
  net::HttpResponse response_;
};

}  // namespace valence::rpc
