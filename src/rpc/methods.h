// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "open_inference.grpc.pb.h"
#include "valence/serving/oip_call.h"

namespace valence::rpc {

/// inference.GRPCInferenceService, every method of which gets and gives bytes: so one class can answer all of them, and
/// bytes that are no message get an error of ours.
class InferenceService;
struct InferenceServiceDeleter {
  void operator()(InferenceService* service) const;
};
using InferenceServicePtr = std::unique_ptr<InferenceService, InferenceServiceDeleter>;
InferenceServicePtr MakeInferenceService();
grpc::Service* AsService(InferenceService* service);

using Responder = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;

/// One method of the service.
struct Method {
  const char* path;
  /// Asks for the next call of it.
  void (*request)(InferenceService* service, grpc::ServerContext* context, grpc::ByteBuffer* request,
                  Responder* responder, grpc::ServerCompletionQueue* queue, void* tag);
  std::unique_ptr<serving::oip::Call> (*make_call)(std::string_view bytes, google::protobuf::Arena* arena);
  /// Makes the body, which is REST's JSON, the method's message; nullptr if it is the message already.
  bool (*translate)(std::string* body);
  bool absence_is_false;  ///< an unknown model is no error, but an answer without members

  /// Whether it scores texts; the others ask about models and the server.
  bool is_inference() const { return translate == nullptr; }
};

std::span<const Method> Methods();

}  // namespace valence::rpc
