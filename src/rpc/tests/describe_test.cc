// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "rpc_server.h"

namespace valence::rpc {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

class DescribeTest : public testing::Test {
 protected:
  /// The answer of a method to a request.
  template <class Response, class Request>
  Response Ask(grpc::Status (inference::GRPCInferenceService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                             Response*),
               const Request& request = {}) {
    grpc::ClientContext context;
    RpcServer::SetDeadline(&context);
    Response response;
    status_ = (server_.stub().*method)(&context, request, &response);
    return response;
  }

  template <class Request>
  static Request Of(const char* name, const char* version = "") {
    Request request;
    request.set_name(name);
    request.set_version(version);
    return request;
  }

  using Stub = inference::GRPCInferenceService::Stub;
  RpcServer server_;
  grpc::Status status_;
};

TEST_F(DescribeTest, Server) {
  EXPECT_TRUE(Ask(&Stub::ServerLive).live());
  EXPECT_TRUE(Ask(&Stub::ServerReady).ready());
  const auto metadata = Ask(&Stub::ServerMetadata);
  EXPECT_EQ(metadata.name(), "valence");
  EXPECT_THAT(metadata.extensions(), IsSupersetOf({"classification", "statistics"}));
}

TEST_F(DescribeTest, ModelReadiness) {
  EXPECT_TRUE(Ask(&Stub::ModelReady, Of<inference::ModelReadyRequest>("small")).ready());
  EXPECT_FALSE(Ask(&Stub::ModelReady, Of<inference::ModelReadyRequest>("small", "2")).ready());
  EXPECT_FALSE(Ask(&Stub::ModelReady, Of<inference::ModelReadyRequest>("nobody")).ready());
  EXPECT_TRUE(status_.ok()) << status_.error_message();
}

TEST_F(DescribeTest, ModelMetadataAndConfig) {
  const auto metadata = Ask(&Stub::ModelMetadata, Of<inference::ModelMetadataRequest>("small"));
  EXPECT_THAT(metadata.versions(), ElementsAre("1"));
  EXPECT_EQ(metadata.inputs(0).datatype(), "BYTES");
  EXPECT_THAT(metadata.outputs(1).shape(), ElementsAre(-1, 2));
  EXPECT_EQ(metadata.properties().at("digest"), "sha256:" + std::string(64, 'a'));
  EXPECT_EQ(metadata.properties().at("data_hash"), "0123");
  const auto config = Ask(&Stub::ModelConfig, Of<inference::ModelConfigRequest>("small", "1")).config();
  EXPECT_EQ(config.max_batch_size(), 3);
  EXPECT_EQ(config.input(0).data_type(), inference::TYPE_STRING);
  EXPECT_EQ(config.output(1).data_type(), inference::TYPE_FP64);
  EXPECT_EQ(config.backend(), "valence");
}

TEST_F(DescribeTest, UnknownModelsAreNotFound) {
  Ask(&Stub::ModelMetadata, Of<inference::ModelMetadataRequest>("nobody"));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
  Ask(&Stub::ModelConfig, Of<inference::ModelConfigRequest>("small", "7"));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status_.error_message(), "model 'small' has no version '7'");
}

TEST_F(DescribeTest, StatisticsCountWhatWasScored) {
  inference::ModelInferResponse ignored;
  ASSERT_TRUE(server_.Infer(TypedRequest({"good", "bad"}), &ignored).ok());
  const auto statistics = Ask(&Stub::ModelStatistics);
  ASSERT_EQ(statistics.model_stats_size(), 1);
  EXPECT_EQ(statistics.model_stats(0).inference_count(), 2u);
  EXPECT_EQ(statistics.model_stats(0).inference_stats().success().count(), 1u);
  EXPECT_GT(statistics.model_stats(0).last_inference(), 1'700'000'000'000u);
}

TEST_F(DescribeTest, RepositoryIndex) {
  const auto index = Ask(&Stub::RepositoryIndex);
  ASSERT_EQ(index.models_size(), 1);
  EXPECT_EQ(index.models(0).name(), "small");
  EXPECT_EQ(index.models(0).state(), "READY");
}

TEST_F(DescribeTest, MetadataIsAnswered) {
  grpc::ClientContext context;
  RpcServer::SetDeadline(&context);
  inference::ModelInferResponse response;
  ASSERT_TRUE(server_.stub().ModelInfer(&context, TypedRequest({"good"}), &response).ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count("valence-model-version"), 1u);
}

}  // namespace
}  // namespace valence::rpc
