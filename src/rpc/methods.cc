// SPDX-License-Identifier: Apache-2.0
#include "methods.h"

#include <array>

#include "messages.h"

namespace valence::rpc {
namespace {

using Inference = inference::GRPCInferenceService;

using Raw1 = Inference::WithRawMethod_ServerLive<Inference::Service>;
using Raw2 = Inference::WithRawMethod_ServerReady<Raw1>;
using Raw3 = Inference::WithRawMethod_ModelReady<Raw2>;
using Raw4 = Inference::WithRawMethod_ServerMetadata<Raw3>;
using Raw5 = Inference::WithRawMethod_ModelMetadata<Raw4>;
using Raw6 = Inference::WithRawMethod_ModelConfig<Raw5>;
using Raw7 = Inference::WithRawMethod_ModelStatistics<Raw6>;
using Raw8 = Inference::WithRawMethod_RepositoryIndex<Raw7>;
using RawService = Inference::WithRawMethod_ModelInfer<Raw8>;

template <class Message, const char* member>
bool Translate(std::string* body) {
  Message message;
  if (!FromJson(*body, member, &message)) return false;
  body->clear();
  return message.SerializeToString(body);
}

template <class Call>
std::unique_ptr<serving::oip::Call> Make(std::string_view bytes, google::protobuf::Arena* arena) {
  return std::make_unique<Call>(bytes, arena);
}

constexpr char kWhole[] = "";
constexpr char kConfig[] = "config";
constexpr char kModels[] = "models";

}  // namespace

class InferenceService final : public RawService {};

void InferenceServiceDeleter::operator()(InferenceService* service) const { delete service; }
InferenceServicePtr MakeInferenceService() { return InferenceServicePtr(new InferenceService); }
grpc::Service* AsService(InferenceService* service) { return service; }

// `request`: gRPC wants the queue for the call's events and for its arrival, which are one here.
#define VALENCE_REQUEST(method)                                                                                \
  [](InferenceService* service, grpc::ServerContext* context, grpc::ByteBuffer* request, Responder* responder, \
     grpc::ServerCompletionQueue* queue,                                                                       \
     void* tag) { service->Request##method(context, request, responder, queue, queue, tag); }
#define VALENCE_ASKING(method, member, absence_is_false)                                                            \
  Method {                                                                                                          \
    "/inference.GRPCInferenceService/" #method, VALENCE_REQUEST(method), Make<AskCall<inference::method##Request>>, \
        Translate<inference::method##Response, member>, absence_is_false                                            \
  }

std::span<const Method> Methods() {
  static const std::array<Method, 9> methods = {Method{"/inference.GRPCInferenceService/ModelInfer",
                                                       VALENCE_REQUEST(ModelInfer), Make<InferCall>, nullptr, false},
                                                VALENCE_ASKING(ServerLive, kWhole, false),
                                                VALENCE_ASKING(ServerReady, kWhole, false),
                                                VALENCE_ASKING(ModelReady, kWhole, true),
                                                VALENCE_ASKING(ServerMetadata, kWhole, false),
                                                VALENCE_ASKING(ModelMetadata, kWhole, false),
                                                VALENCE_ASKING(ModelConfig, kConfig, false),
                                                VALENCE_ASKING(ModelStatistics, kWhole, false),
                                                VALENCE_ASKING(RepositoryIndex, kModels, false)};
  return methods;
}

}  // namespace valence::rpc
