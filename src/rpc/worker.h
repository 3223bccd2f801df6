// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "methods.h"
#include "queue_watch.h"
#include "valence/serving/side_listener.h"

namespace valence::rpc {

class UnaryCall;

/// One thread of the server: a completion queue, and the calls that come out of it, which it answers itself.
class Worker {
 public:
  /// `thread`: its number for `handlers`. Everything must outlive the worker.
  Worker(InferenceService* service, std::unique_ptr<grpc::ServerCompletionQueue> queue,
         const serving::CallHandlers& handlers, int thread, bool secure);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Takes calls until the server has been shut down and all of them have ended. The server must have been started.
  void Run();

  // For UnaryCall, on the worker's thread:
  /// Has another call of `method` awaited.
  void Await(const Method& method);
  /// `call` is done with and may be used again. Once this is true of all of them the server takes no more.
  void Recycle(UnaryCall* call);
  InferenceService& service() { return service_; }
  grpc::ServerCompletionQueue& queue() { return *queue_; }
  const serving::CallHandlers& handlers() const { return handlers_; }
  int thread() const { return thread_; }
  bool secure() const { return secure_; }
  /// For the messages of the call being answered; emptied after it.
  google::protobuf::Arena& arena() { return arena_; }
  QueueWatch& watch() { return watch_; }

 private:
  void Drain();

  InferenceService& service_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  const serving::CallHandlers& handlers_;
  const int thread_;
  const bool secure_;
  google::protobuf::Arena arena_;
  QueueWatch watch_;
  std::vector<std::unique_ptr<UnaryCall>> calls_;  // all there are
  std::vector<UnaryCall*> free_;                   // of them
};

}  // namespace valence::rpc
