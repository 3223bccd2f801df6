// SPDX-License-Identifier: Apache-2.0
#include "worker.h"

#include <utility>

#include "unary_call.h"

namespace valence::rpc {
namespace {

// So many calls are taken in at once. Those beyond wait in gRPC, which cancels them when the server stops; so there are
// more than arrive while a thread works on a long one. Each costs about 2 KB.
constexpr int kAwaited = 512;
constexpr std::chrono::milliseconds kSlice{1};  // of answers, before others are taken in; and the other way round
constexpr std::size_t kMostHeld = std::size_t{64} << 20;  // bytes, before calls are left in gRPC

const gpr_timespec kAtOnce = gpr_time_0(GPR_CLOCK_MONOTONIC);

}  // namespace

Worker::Worker(InferenceService* service, std::unique_ptr<grpc::ServerCompletionQueue> queue,
               const serving::CallHandlers& handlers, int thread, bool secure, std::chrono::nanoseconds late_after)
    : service_(*service),
      queue_(std::move(queue)),
      handlers_(handlers),
      thread_(thread),
      secure_(secure),
      ready_(late_after) {}

Worker::~Worker() {
  if (!calls_.empty()) return;  // Run has emptied the queue
  queue_->Shutdown();
  TakeCalls();
}

void Worker::Await(const Method& method) {
  if (free_.empty()) free_.push_back(calls_.emplace_back(std::make_unique<UnaryCall>(this)).get());
  UnaryCall* const call = free_.back();
  free_.pop_back();
  call->Await(method);
}

void Worker::Take(UnaryCall* call, std::size_t bytes) {
  held_bytes_ += bytes;
  if (held_bytes_ < kMostHeld) {
    Await(call->method());
  } else {
    unawaited_.push_back(&call->method());
  }
  const auto now = Clock::now();
  arrived_.push_back({call, now, now - std::exchange(taking_since_, now)});
}

void Worker::Recycle(UnaryCall* call) {
  free_.push_back(call);
  if (!unawaited_.empty() && held_bytes_ < kMostHeld) {
    const Method& method = *unawaited_.back();
    unawaited_.pop_back();
    return Await(method);
  }
  if (free_.size() == calls_.size()) queue_->Shutdown();
}

/// Takes in what has arrived, waiting for it if there is nothing to answer. False once nothing can come any more.
bool Worker::TakeCalls() {
  const bool is_idle = !HasToAnswer();
  const auto begin = Clock::now();
  taking_since_ = begin - unassigned_;
  auto next = TakeNext(is_idle ? Patience() : kAtOnce);
  const auto end = (is_idle ? Clock::now() : begin) + kSlice;
  while (next == grpc::CompletionQueue::GOT_EVENT && Clock::now() < end) next = TakeNext(kAtOnce);
  unassigned_ = Clock::now() - taking_since_;
  return next != grpc::CompletionQueue::SHUTDOWN;
}

/// Until when to wait for calls while there is nothing to answer.
gpr_timespec Worker::Patience() const {
  if (refused_.empty()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(1, GPR_TIMESPAN));
}

grpc::CompletionQueue::NextStatus Worker::TakeNext(gpr_timespec until) {
  void* tag = nullptr;
  bool ok = false;
  const auto next = queue_->AsyncNext(&tag, &ok, until);
  if (next == grpc::CompletionQueue::GOT_EVENT) static_cast<UnaryCall*>(tag)->Proceed(ok);
  return next;
}

void Worker::AnswerCalls() {
  auto now = Clock::now();
  for (const auto end = now + kSlice; HasToAnswer() && now < end; now = Clock::now()) AnswerNext(now);
  refused_.SendSome(HasToAnswer(), [](UnaryCall* call) { call->Send(); });
}

void Worker::AnswerNext(Clock::time_point now) {
  if (!arrived_.empty()) {
    const auto waited = now - arrived_.front().at;
    if (!ready_.Takes(waited)) {
      UnaryCall* const call = arrived_.front().call;
      arrived_.pop_front();
      return call->Answer(waited);
    }
    QueueArrived(now);
  }
  if (ready_.empty()) return;
  const auto next = ready_.Pop(now, !refused_.empty());
  next.item->Answer(next.waited);
}

/// In an overload. A question, such as a probe's, is little work and must not stand in line.
void Worker::QueueArrived(Clock::time_point now) {
  for (; !arrived_.empty(); arrived_.pop_front()) {
    const auto [call, at, cost] = arrived_.front();
    if (!call->method().is_inference()) {
      call->Answer(now - at);
    } else if (ready_.IsFull() && call->Refuse(now - at)) {
      refused_.Push(call, now, cost);
    } else {
      ready_.Push(call, now - at, now);
    }
  }
}

void Worker::Run() {
  for (const Method& method : Methods()) {
    const int awaited = method.is_inference() ? kAwaited : 1;  // or a question now and then
    for (int i = 0; i < awaited; ++i) Await(method);
  }
  while (TakeCalls()) AnswerCalls();
}

}  // namespace valence::rpc
