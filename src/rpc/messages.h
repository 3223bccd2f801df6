// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/arena.h>

#include <string>
#include <string_view>

#include "open_inference.pb.h"
#include "valence/serving/oip_call.h"

namespace valence::rpc {

/// The error for bytes that are no `message`.
Error NotAMessage(std::string_view message);

/// ModelInfer's messages. They live in `arena`; `bytes` must outlive this.
class InferCall final : public serving::oip::Call {
 public:
  InferCall(std::string_view bytes, google::protobuf::Arena* arena) : bytes_(bytes), arena_(*arena) {}

  Status Read(serving::oip::Query* query) override;
  void Write(const serving::oip::Answer& answer, std::string* body) override;

 private:
  const std::string_view bytes_;
  google::protobuf::Arena& arena_;
  bool is_raw_ = false;  // and so is the answer
};

/// A call that asks about the server, or about a model that its request names.
template <class Request>
class AskCall final : public serving::oip::Call {
 public:
  AskCall(std::string_view bytes, google::protobuf::Arena* arena)
      : bytes_(bytes), request_(*google::protobuf::Arena::CreateMessage<Request>(arena)) {}

  Status Read(serving::oip::Query* query) override {
    if (!request_.ParseFromArray(bytes_.data(), static_cast<int>(bytes_.size()))) {
      return NotAMessage(Request::descriptor()->name());
    }
    if constexpr (requires { request_.version(); }) {
      query->model = request_.name();
      query->version = request_.version();
    }
    return Ok();
  }
  void Write(const serving::oip::Answer& /*answer*/, std::string* /*body*/) override {}

 private:
  const std::string_view bytes_;
  Request& request_;
};

/// Makes REST's JSON the message that says the same, which JSON mapping of proto3 defines. `member`: the message's
/// field that the JSON is the value of, or "" for the whole. False if it does not fit.
bool FromJson(std::string_view json, std::string_view member, google::protobuf::Message* message);

}  // namespace valence::rpc
