// SPDX-License-Identifier: Apache-2.0
#include "worker.h"

#include "unary_call.h"

namespace valence::rpc {
namespace {

// So many calls are taken in while one is answered. Those beyond wait in gRPC, which cancels them when the server
// stops; so there are more than a thread can have to do in its time in the queue. Each costs about 2 KB.
constexpr int kAwaited = 512;

}  // namespace

Worker::Worker(InferenceService* service, std::unique_ptr<grpc::ServerCompletionQueue> queue,
               const serving::CallHandlers& handlers, int thread, bool secure)
    : service_(*service),
      queue_(std::move(queue)),
      handlers_(handlers),
      thread_(thread),
      secure_(secure),
      watch_(queue_.get()) {}

Worker::~Worker() {
  if (!calls_.empty()) return;  // Run has emptied the queue
  queue_->Shutdown();
  Drain();
}

void Worker::Await(const Method& method) {
  if (free_.empty()) free_.push_back(calls_.emplace_back(std::make_unique<UnaryCall>(this)).get());
  UnaryCall* const call = free_.back();
  free_.pop_back();
  call->Await(method);
}

void Worker::Recycle(UnaryCall* call) {
  free_.push_back(call);
  if (free_.size() == calls_.size()) queue_->Shutdown();
}

void Worker::Drain() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<Tag*>(tag)->Proceed(ok);
}

void Worker::Run() {
  for (const Method& method : Methods()) {
    const int awaited = method.translate == nullptr ? kAwaited : 1;  // inference, or a question now and then
    for (int i = 0; i < awaited; ++i) Await(method);
  }
  Drain();
}

}  // namespace valence::rpc
