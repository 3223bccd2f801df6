// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <chrono>

#include "tag.h"

namespace valence::rpc {

/// How long calls wait in a completion queue for its thread: gRPC does not say when one arrived, so a mark is put
/// behind those that are there, and the time until it comes out is what the calls around it had to wait. One thread
/// only.
class QueueWatch final : public Tag {
 public:
  using Clock = std::chrono::steady_clock;

  explicit QueueWatch(grpc::CompletionQueue* queue) : queue_(*queue) {}

  /// How long the call that has just come out had to wait, about.
  std::chrono::nanoseconds Waited(Clock::time_point now);
  void Proceed(bool ok) override;
  /// No further mark is set.
  void Stop() { stopped_ = true; }

 private:
  grpc::CompletionQueue& queue_;
  grpc::Alarm alarm_;
  Clock::time_point set_{};       // when the mark was put in; it is there while `is_set_`
  Clock::time_point came_out_{};  // when the last one did
  std::chrono::nanoseconds waited_{};
  bool is_set_ = false;
  bool stopped_ = false;
};

}  // namespace valence::rpc
