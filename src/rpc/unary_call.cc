// SPDX-License-Identifier: Apache-2.0
#include "unary_call.h"

#include <chrono>
#include <utility>

#include "call_request.h"
#include "call_status.h"
#include "worker.h"

namespace valence::rpc {

void UnaryCall::Await(const Method& method) {
  method_ = &method;
  arrived_ = false;
  context_.emplace();
  responder_.emplace(&*context_);
  method.request(&worker_.service(), &*context_, &request_, &*responder_, &worker_.queue(), this);
}

void UnaryCall::Proceed(bool ok) {
  if (!arrived_ && ok) {
    arrived_ = true;
    held_ = request_.Length();
    return worker_.Take(this, held_);
  }
  responder_.reset();
  context_.reset();  // which holds the call, for whose end a shutdown waits
  DropBytes();
  worker_.Recycle(this);
}

bool UnaryCall::ReadBytes(grpc::Slice* slice) {
  return request_.TrySingleSlice(slice).ok() || request_.DumpToSingleSlice(slice).ok();
}

void UnaryCall::DropBytes() {
  request_.Clear();
  worker_.Release(std::exchange(held_, 0));
}

void UnaryCall::Answer(std::chrono::nanoseconds waited) {
  response_.Clear();
  grpc::Slice slice;
  const bool read = ReadBytes(&slice);
  const std::string_view bytes(reinterpret_cast<const char*>(slice.begin()), slice.size());
  CallRequest request(*context_, method_->path, bytes, worker_.secure());
  const serving::CallHandlers& handlers = worker_.handlers();
  if (!read) {
    handlers.refuse(worker_.thread(), {400, "the request's bytes cannot be read", method_->path, request.http().peer},
                    &response_);
  } else if (context_->deadline() <= std::chrono::system_clock::now()) {
    handlers.refuse(worker_.thread(),
                    {408, "the deadline had passed before the call's turn came", method_->path, request.http().peer},
                    &response_);
  } else {
    request.http().waited = waited;
    const auto call = method_->make_call(bytes, &worker_.arena());
    handlers.answer(worker_.thread(), request.http(), &response_, call.get());
  }
  worker_.arena().Reset();
  Send();
}

bool UnaryCall::Refuse(std::chrono::nanoseconds waited) {
  response_.Clear();
  CallRequest request(*context_, method_->path, {}, worker_.secure());
  request.http().waited = waited;
  request.http().queue_is_full = true;
  if (!worker_.handlers().refuse_unread(worker_.thread(), request.http(), &response_)) return false;
  DropBytes();
  return true;
}

void UnaryCall::Send() {
  SendFields(response_, &*context_);
  if (response_.status != 200) {
    const auto error = ErrorText(response_);
    const bool is_absence = response_.status == 404 && method_->absence_is_false;
    if (error.has_value() && !is_absence) {
      return responder_->FinishWithError({CodeOf(response_.status), *error}, this);
    }
    if (is_absence) response_.body = "{}";
  }
  if (method_->translate != nullptr && !method_->translate(&response_.body)) {
    return responder_->FinishWithError({grpc::StatusCode::INTERNAL, "the server failed on this request"}, this);
  }
  grpc::Slice body(response_.body.data(), response_.body.size());
  responder_->Finish(grpc::ByteBuffer(&body, 1), grpc::Status::OK, this);
}

}  // namespace valence::rpc
