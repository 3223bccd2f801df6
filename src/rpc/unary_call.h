// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>

#include "methods.h"
#include "valence/net/http_server.h"

namespace valence::rpc {

class Worker;

/// One call at a time, from its arrival to its answer's being sent. Belongs to a worker, and runs on its thread.
class UnaryCall {
 public:
  explicit UnaryCall(Worker* worker) : worker_(*worker) {}
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  /// Waits for the next call of `method`. This object is the tag of all its events.
  void Await(const Method& method);
  /// An event came out of the queue. `ok` is false if what was waited for will not happen.
  void Proceed(bool ok);
  /// Answers the call, which has waited for so long.
  void Answer(std::chrono::nanoseconds waited);
  /// Whether it is refused because the queue is full: then Send sends that.
  bool Refuse(std::chrono::nanoseconds waited);
  /// Sends the answer.
  void Send();
  const Method& method() const { return *method_; }

 private:
  /// The call's bytes, in one piece; they live in `slice`.
  bool ReadBytes(grpc::Slice* slice);
  void DropBytes();

  Worker& worker_;
  const Method* method_ = nullptr;
  bool arrived_ = false;
  // gRPC wants these anew for each call.
  std::optional<grpc::ServerContext> context_;
  std::optional<Responder> responder_;
  grpc::ByteBuffer request_;
  std::size_t held_ = 0;  // bytes of it
  net::HttpResponse response_;
};

}  // namespace valence::rpc
