// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <cstring>
#include <functional>
#include <thread>

#include "rpc_server.h"

namespace valence::rpc {
namespace {

using grpc::StatusCode;
using inference::ModelInferRequest;
using inference::ModelInferResponse;
using testing::ElementsAre;
using testing::HasSubstr;

class InferTest : public testing::Test {
 protected:
  ModelInferResponse Answer(const ModelInferRequest& request) {
    ModelInferResponse response;
    const grpc::Status status = server_.Infer(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  /// What is said to a request that is good but for `change`.
  grpc::Status Refusal(const std::function<void(ModelInferRequest&)>& change) {
    ModelInferRequest request = RawRequest({"good"});
    change(request);
    ModelInferResponse response;
    return server_.Infer(request, &response);
  }

  RpcServer server_;
};

std::vector<double> Doubles(const std::string& raw) {
  std::vector<double> numbers(raw.size() / sizeof(double));
  std::memcpy(numbers.data(), raw.data(), raw.size());
  return numbers;
}

TEST_F(InferTest, TypedContentsGetTypedContents) {
  ModelInferRequest request = TypedRequest({"bad", "good good"});
  request.set_id("r-7");
  const ModelInferResponse response = Answer(request);
  EXPECT_EQ(response.model_name(), "small");
  EXPECT_EQ(response.model_version(), "1");
  EXPECT_EQ(response.id(), "r-7");
  ASSERT_EQ(response.outputs_size(), 3);
  EXPECT_EQ(response.raw_output_contents_size(), 0);
  EXPECT_THAT(response.outputs(0).contents().bytes_contents(), ElementsAre("negative", "positive"));
  EXPECT_EQ(response.outputs(1).name(), "probability");
  EXPECT_EQ(response.outputs(1).datatype(), "FP64");
  EXPECT_THAT(response.outputs(1).shape(), ElementsAre(2, 2));
  EXPECT_THAT(response.outputs(2).contents().fp64_contents(), ElementsAre(-1.75, 3.25));
}

TEST_F(InferTest, RawContentsGetRawContents) {
  const ModelInferResponse response = Answer(RawRequest({"bad", "good good"}));
  ASSERT_EQ(response.raw_output_contents_size(), 3);
  EXPECT_FALSE(response.outputs(0).has_contents());
  EXPECT_EQ(response.raw_output_contents(0), std::string("\x08\0\0\0negative\x08\0\0\0positive", 24));
  EXPECT_EQ(Doubles(response.raw_output_contents(2)), (std::vector<double>{-1.75, 3.25}));
  EXPECT_EQ(Doubles(response.raw_output_contents(1)).size(), 4u);
}

TEST_F(InferTest, OutputsAreThoseThatAreAskedForInTheirOrder) {
  ModelInferRequest request = TypedRequest({"good"});
  request.mutable_inputs(0)->add_shape(1);
  request.add_outputs()->set_name("attributions");
  auto& ranked = *request.add_outputs();
  ranked.set_name("probability");
  (*ranked.mutable_parameters())["classification"].set_int64_param(1);
  const ModelInferResponse response = Answer(request);
  ASSERT_EQ(response.outputs_size(), 2);
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(1, 1));
  EXPECT_THAT(response.outputs(0).contents().bytes_contents(0), HasSubstr(R"("term":"good")"));
  EXPECT_THAT(response.outputs(1).contents().bytes_contents(0), testing::EndsWith(":1:positive"));
}

TEST_F(InferTest, EmptyBatchGetsEmptyTensors) {
  for (const ModelInferRequest& request : {TypedRequest({}), RawRequest({})}) {
    const ModelInferResponse response = Answer(request);
    ASSERT_EQ(response.outputs_size(), 3);
    EXPECT_THAT(response.outputs(1).shape(), ElementsAre(0, 2));
  }
}

TEST_F(InferTest, Base64AsMlserverSendsIt) {
  ModelInferRequest request = TypedRequest({"Z29vZA=="});
  (*request.mutable_parameters())["content_type"].set_string_param("base64");
  EXPECT_THAT(Answer(request).outputs(2).contents().fp64_contents(), ElementsAre(1.75));
}

TEST_F(InferTest, WrongTensorsAreInvalidArguments) {
  const auto message = [this](const std::function<void(ModelInferRequest&)>& change) {
    const grpc::Status status = Refusal(change);
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << status.error_message();
    return status.error_message();
  };
  EXPECT_EQ(message([](auto& r) { r.clear_inputs(), r.clear_raw_input_contents(); }),
            "'inputs': expected one tensor of texts, found 0");
  EXPECT_EQ(message([](auto& r) { r.mutable_inputs(0)->set_datatype("INT64"); }),
            "'inputs[0].datatype': the input is of datatype 'INT64', this model takes BYTES");
  EXPECT_EQ(message([](auto& r) { r.mutable_inputs(0)->set_shape(0, 3); }),
            "'inputs[0]': the shape has 3 elements, the data 1");
  EXPECT_EQ(message([](auto& r) { r.mutable_inputs(0)->add_shape(2); }), "'inputs[0].shape': expected [n] or [n, 1]");
  EXPECT_THAT(message([](auto& r) { r.mutable_inputs(0)->set_shape(0, -1); }), HasSubstr("at least 0, found -1"));
  EXPECT_EQ(message([](auto& r) { r.set_raw_input_contents(0, "\x09"); }),
            "'inputs[0]': an element at byte 0 goes beyond the tensor");
  EXPECT_EQ(message([](auto& r) { r.set_raw_input_contents(0, std::string("\3\0\0\0a\xc3z", 7)); }),
            "'inputs[0]': a text is not UTF-8 at byte 5");
  EXPECT_THAT(message([](auto& r) { r.set_raw_input_contents(0, std::string("\3\0\0\0a\0z", 7)); }),
              HasSubstr("U+0000"));
  EXPECT_THAT(message([](auto& r) { r.add_raw_input_contents("x"); }),
              HasSubstr("expected one for each of 1 inputs, found 2"));
  EXPECT_THAT(message([](auto& r) { r.mutable_inputs(0)->mutable_contents()->add_bytes_contents("x"); }),
              HasSubstr("send one of them"));
  EXPECT_THAT(message([](auto& r) { r.add_outputs()->set_name("mood"); }), HasSubstr("no output 'mood'"));
  EXPECT_THAT(message([](auto& r) {
                auto& output = *r.add_outputs();
                output.set_name("logit");
                (*output.mutable_parameters())["classification"].set_string_param("2");
              }),
              HasSubstr("expected an int64_param"));
}

TEST_F(InferTest, UnknownModelsAreNotFound) {
  const grpc::Status model = Refusal([](auto& r) { r.set_model_name("nobody"); });
  EXPECT_EQ(model.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(model.error_message(), HasSubstr("there is no model 'nobody'"));
  const grpc::Status version = Refusal([](auto& r) { r.set_model_version("9"); });
  EXPECT_EQ(version.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(version.error_message(), "model 'small' has no version '9'");
}

TEST_F(InferTest, LimitsAreResourcesExhausted) {
  const std::vector<ModelInferRequest> requests = {TypedRequest({"a", "b", "c", "d"}),
                                                   TypedRequest({std::string(1001, 'a')}),
                                                   TypedRequest({std::string(20'000, 'a')})};
  for (const ModelInferRequest& request : requests) {
    ModelInferResponse response;
    const grpc::Status status = server_.Infer(request, &response);
    EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  }
}

TEST_F(InferTest, BytesThatAreNoMessageAreInvalid) {
  grpc::GenericStub stub(server_.channel());
  grpc::ClientContext context;
  RpcServer::SetDeadline(&context);
  grpc::CompletionQueue queue;
  const grpc::Slice slice("\xff\xff no protobuf");
  const auto call = stub.PrepareUnaryCall(&context, "/inference.GRPCInferenceService/ModelInfer",
                                          grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("no ModelInferRequest"));
}

TEST_F(InferTest, ManyAtOnceGetTheirOwnAnswers) {
  std::vector<std::jthread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([this, client] {
      const std::string id = std::to_string(client);
      ModelInferRequest request = RawRequest({client % 2 == 0 ? "good" : "bad"});
      request.set_id(id);
      for (int i = 0; i < 100; ++i) {
        ModelInferResponse response;
        const grpc::Status status = server_.Infer(request, &response);
        ASSERT_TRUE(status.ok()) << status.error_message();
        ASSERT_EQ(response.id(), id);
        ASSERT_EQ(Doubles(response.raw_output_contents(2)).at(0), client % 2 == 0 ? 1.75 : -1.75);
      }
    });
  }
}

}  // namespace
}  // namespace valence::rpc
