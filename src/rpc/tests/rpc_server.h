// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "open_inference.grpc.pb.h"
#include "support/small_model.h"
#include "valence/base/json.h"
#include "valence/rpc/rpc_listener.h"
#include "valence/serving/service.h"

namespace valence::rpc {

/// Where a listener of gRPC is.
inline std::string TargetOf(const serving::SideListener& listener) {
  return listener.Describe().substr(std::string("gRPC on ").size());
}

/// A service of the small model, with real gRPC on a free port of loopback before it.
class RpcServer {
 public:
  static net::ServerOptions Options() {
    net::ServerOptions options;
    options.threads = 1;
    options.max_body_bytes = 10'000;
    return options;
  }

  explicit RpcServer(const net::ServerOptions& http = Options())
      : repository_(std::make_shared<serving::ModelRepository>(std::make_shared<const serving::ModelSet>(
            std::vector<serving::ModelSet::Entry>{std::make_shared<serving::ServedModel>(
                serving::ModelId{"small", "1"}, serving::SmallModel(), kThreads)}))),
        service_(repository_, {.threads = kThreads, .max_batch_texts = 3, .max_text_bytes = 1000}) {
    const serving::CallHandlers handlers{
        .first_thread = 0,
        .answer =
            [this](int thread, const net::HttpRequest& request, net::HttpResponse* response, serving::oip::Call* call) {
              serving::Handled handled;
              service_.Handle(thread, request, response, &handled, call);
            },
        .refuse = [this](int thread, const net::HttpRefusal& refusal,
                         net::HttpResponse* response) { service_.RenderError(thread, refusal, response); },
        .refuse_unread = nullptr};
    listener_ = OpenOn(0)(http, handlers).value();
    channel_ = grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
    stub_ = inference::GRPCInferenceService::NewStub(channel_);
    // A call does not wait for a second attempt to connect.
    EXPECT_TRUE(channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(30)));
  }

  std::string address() const { return TargetOf(*listener_); }
  serving::SideListener& listener() { return *listener_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  inference::GRPCInferenceService::Stub& stub() { return *stub_; }

  grpc::Status Infer(const inference::ModelInferRequest& request, inference::ModelInferResponse* response) {
    grpc::ClientContext context;
    SetDeadline(&context);
    return stub_->ModelInfer(&context, request, response);
  }

  static void SetDeadline(grpc::ClientContext* context) {
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  }

 private:
  static constexpr int kThreads = 1;
  std::shared_ptr<serving::ModelRepository> repository_;
  serving::Service service_;
  std::unique_ptr<serving::SideListener> listener_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
};

/// A request for `texts` in the form of typed contents.
inline inference::ModelInferRequest TypedRequest(const std::vector<std::string>& texts) {
  inference::ModelInferRequest request;
  request.set_model_name("small");
  auto& input = *request.add_inputs();
  input.set_name("text");
  input.set_datatype("BYTES");
  input.add_shape(static_cast<std::int64_t>(texts.size()));
  for (const std::string& text : texts) input.mutable_contents()->add_bytes_contents(text);
  return request;
}

/// The same, raw.
inline inference::ModelInferRequest RawRequest(const std::vector<std::string>& texts) {
  inference::ModelInferRequest request = TypedRequest(texts);
  request.mutable_inputs(0)->clear_contents();
  std::string& raw = *request.add_raw_input_contents();
  for (const std::string& text : texts) {
    const auto size = static_cast<std::uint32_t>(text.size());
    raw.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  return request;
}

}  // namespace valence::rpc
