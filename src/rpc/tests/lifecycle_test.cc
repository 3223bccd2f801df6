// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <semaphore>
#include <thread>

#include "call_request.h"
#include "call_status.h"
#include "health.grpc.pb.h"
#include "rpc_server.h"

namespace valence::rpc {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using namespace std::chrono_literals;

HealthCheckRequest Of(const char* service) {
  HealthCheckRequest request;
  request.set_service(service);
  return request;
}

class LifecycleTest : public testing::Test {
 protected:
  grpc::Status Check(const char* service, HealthCheckResponse* response) {
    grpc::ClientContext context;
    RpcServer::SetDeadline(&context);
    return health_->Check(&context, Of(service), response);
  }

  RpcServer server_;
  std::unique_ptr<Health::Stub> health_ = Health::NewStub(server_.channel());
};

TEST_F(LifecycleTest, HealthIsChecked) {
  for (const char* service : {"", "inference.GRPCInferenceService"}) {
    HealthCheckResponse response;
    EXPECT_TRUE(Check(service, &response).ok());
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  }
  HealthCheckResponse ignored;
  EXPECT_EQ(Check("nothing", &ignored).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(LifecycleTest, WatchersHearOfTheDrainWhichTheyDoNotHoldUp) {
  grpc::ClientContext known_context, unknown_context;
  RpcServer::SetDeadline(&known_context);
  RpcServer::SetDeadline(&unknown_context);
  const auto known = health_->Watch(&known_context, Of(""));
  const auto unknown = health_->Watch(&unknown_context, Of("nothing"));
  HealthCheckResponse told;
  ASSERT_TRUE(known->Read(&told));
  EXPECT_EQ(told.status(), HealthCheckResponse::SERVING);
  ASSERT_TRUE(unknown->Read(&told));
  EXPECT_EQ(told.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  const auto begun = std::chrono::steady_clock::now();
  server_.listener().BeginDrain(0ms);
  ASSERT_TRUE(known->Read(&told));
  EXPECT_EQ(told.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(known->Read(&told));
  EXPECT_EQ(known->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(unknown->Read(&told));
  server_.listener().Wait();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, RpcServer::Options().drain_timeout / 2);
}

TEST_F(LifecycleTest, CallsAreAnsweredUntilTheDelayHasPassed) {
  server_.listener().BeginDrain(10min);
  HealthCheckResponse response;
  EXPECT_TRUE(Check("", &response).ok());
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  inference::ModelInferResponse answer;
  EXPECT_TRUE(server_.Infer(TypedRequest({"good"}), &answer).ok());
  server_.listener().Cut();
  server_.listener().Wait();
  EXPECT_EQ(server_.Infer(TypedRequest({"good"}), &answer).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(Drain, ACallUnderWayIsAnswered) {
  std::binary_semaphore begun(0), end(0);
  const serving::CallHandlers handlers{.first_thread = 0,
                                       .answer =
                                           [&](int /*thread*/, const net::HttpRequest& /*request*/,
                                               net::HttpResponse* /*response*/, serving::oip::Call* /*call*/) {
                                             begun.release();
                                             end.acquire();
                                           },
                                       .refuse = nullptr,
                                       .refuse_unread = nullptr};
  const auto listener = OpenOn(0)(RpcServer::Options(), handlers).value();
  const auto stub = inference::GRPCInferenceService::NewStub(
      grpc::CreateChannel(TargetOf(*listener), grpc::InsecureChannelCredentials()));
  grpc::Status status(grpc::StatusCode::UNKNOWN, "");
  std::jthread client([&] {
    grpc::ClientContext context;
    RpcServer::SetDeadline(&context);
    inference::ModelInferResponse response;
    status = stub->ModelInfer(&context, TypedRequest({"good"}), &response);
  });
  begun.acquire();
  listener->BeginDrain(0ms);
  end.release();
  client.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  listener->Wait();
}

TEST_F(LifecycleTest, APortThatIsTakenIsAnError) {
  const std::string address = server_.address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  const auto second = OpenOn(port)(RpcServer::Options(), {});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, testing::HasSubstr(address));
}

TEST(AddressOf, OfPeers) {
  EXPECT_EQ(AddressOf("ipv4:192.0.2.1:50000"), "192.0.2.1");
  EXPECT_EQ(AddressOf("ipv6:%5B2001:db8::1%5D:50000"), "2001:db8::1");
  EXPECT_EQ(AddressOf("ipv6:[::1]:1"), "::1");
  EXPECT_EQ(AddressOf("unix:/run/socket"), "");
  EXPECT_EQ(AddressOf(""), "");
}

TEST(CodeOf, StatusesThatTheGuardAnswers) {
  EXPECT_EQ(CodeOf(401), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(429), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(CodeOf(503), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(CodeOf(500), grpc::StatusCode::INTERNAL);
}

}  // namespace
}  // namespace valence::rpc
