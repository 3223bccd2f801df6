// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "methods.h"
#include "valence/net/ready_queue.h"
#include "valence/net/refusal_queue.h"
#include "valence/serving/side_listener.h"

namespace valence::rpc {

class UnaryCall;

/// One thread of the server: a completion queue, and the calls that come out of it, which it answers itself. gRPC does
/// not say when a call arrived. So all that are there are taken in before any is answered, and again every millisecond;
/// how long they wait from then on is known, and in an overload they are dealt with as HTTP's requests are.
class Worker {
 public:
  /// `thread`: its number for `handlers`. Everything must outlive the worker.
  Worker(InferenceService* service, std::unique_ptr<grpc::ServerCompletionQueue> queue,
         const serving::CallHandlers& handlers, int thread, bool secure, std::chrono::nanoseconds late_after);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Takes calls until the server has been shut down and all of them have ended. The server must have been started.
  void Run();

  // For UnaryCall, on the worker's thread:
  /// `call` has arrived, with so many bytes: has another of its method awaited, and answers this one in its turn.
  void Take(UnaryCall* call, std::size_t bytes);
  /// `call` holds these bytes no more.
  void Release(std::size_t bytes) { held_bytes_ -= bytes; }
  /// `call` is done with and may be used again. Once this is true of all of them the server takes no more.
  void Recycle(UnaryCall* call);
  InferenceService& service() { return service_; }
  grpc::ServerCompletionQueue& queue() { return *queue_; }
  const serving::CallHandlers& handlers() const { return handlers_; }
  int thread() const { return thread_; }
  bool secure() const { return secure_; }
  /// For the messages of the call being answered; emptied after it.
  google::protobuf::Arena& arena() { return arena_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Arrival {
    UnaryCall* call;
    Clock::time_point at;
    std::chrono::nanoseconds cost;  // of taking it in
  };

  void Await(const Method& method);
  bool TakeCalls();
  gpr_timespec Patience() const;
  grpc::CompletionQueue::NextStatus TakeNext(gpr_timespec until);
  void AnswerCalls();
  void AnswerNext(Clock::time_point now);
  void QueueArrived(Clock::time_point now);
  bool HasToAnswer() const { return !arrived_.empty() || !ready_.empty(); }

  InferenceService& service_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  const serving::CallHandlers& handlers_;
  const int thread_;
  const bool secure_;
  google::protobuf::Arena arena_;
  Clock::time_point taking_since_{};               // the time since then was spent on the next call to arrive
  std::chrono::nanoseconds unassigned_{};          // so much of it when TakeCalls returned
  std::size_t held_bytes_ = 0;                     // of the calls that have arrived
  std::vector<std::unique_ptr<UnaryCall>> calls_;  // all there are
  std::vector<UnaryCall*> free_;                   // of them
  std::vector<const Method*> unawaited_;           // of which no other call is awaited while so many bytes are held
  std::deque<Arrival> arrived_;                    // in order
  net::ReadyQueue<UnaryCall*> ready_;
  net::RefusalQueue<UnaryCall*> refused_;
};

}  // namespace valence::rpc
