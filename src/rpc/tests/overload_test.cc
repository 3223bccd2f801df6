// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "rpc_server.h"

namespace valence::rpc {
namespace {

using namespace std::chrono_literals;

/// Real gRPC before a handler to which a call is 1 ms of work, unless it is late: then it is refused, as by the guard.
class BusyServer {
 public:
  BusyServer() {
    net::ServerOptions options = RpcServer::Options();
    options.late_after = kLate;
    listener_ = OpenOn(0)(options, Handlers()).value();
  }
  std::string address() const { return TargetOf(*listener_); }
  serving::SideListener& listener() { return *listener_; }
  /// Calls that were refused because the queue was full.
  int refused_full() const { return refused_full_; }
  void WaitForARefusal() const { refused_full_.wait(0); }

 private:
  static constexpr auto kLate = 50ms;

  serving::CallHandlers Handlers() {
    return {.first_thread = 0,
            .answer =
                [](int /*thread*/, const net::HttpRequest& request, net::HttpResponse* response,
                   serving::oip::Call* /*call*/) {
                  if (request.waited > kLate) return Refuse(response);
                  std::this_thread::sleep_for(1ms);
                },
            .refuse = nullptr,
            .refuse_unread =
                [this](int /*thread*/, const net::HttpRequest& request, net::HttpResponse* response) {
                  EXPECT_TRUE(request.queue_is_full);
                  EXPECT_EQ(request.body, "");
                  ++refused_full_;
                  refused_full_.notify_all();
                  Refuse(response);
                  return true;
                }};
  }
  static void Refuse(net::HttpResponse* response) {
    response->status = 503;
    response->body = R"({"error":"overloaded"})";
    response->extra_headers = "Retry-After: 1\r\n";
  }

  std::atomic<int> refused_full_ = 0;
  std::unique_ptr<serving::SideListener> listener_;
};

/// Many calls at once on one connection, again and again.
class Crowd {
 public:
  explicit Crowd(const std::string& address)
      : stub_(inference::GRPCInferenceService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {}

  /// Keeps `at_once` calls under way until there were `total`, and waits for their ends.
  void Call(int at_once, int total) {
    for (; begun_ < at_once; ++begun_) Begin();
    void* tag = nullptr;
    bool ok = false;
    for (int ended = 0; ended < total && queue_.Next(&tag, &ok); ++ended) {
      const std::unique_ptr<One> one(static_cast<One*>(tag));
      ended_.push_back(one->status.error_code());
      if (one->context.GetServerTrailingMetadata().contains("retry-after")) ++told_when_;
      if (begun_ < total) Begin(), ++begun_;
    }
  }
  std::ptrdiff_t Ended(grpc::StatusCode code) const { return std::count(ended_.begin(), ended_.end(), code); }
  std::ptrdiff_t told_when() const { return told_when_; }

 private:
  struct One {
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<inference::ModelInferResponse>> reader;
  };

  void Begin() {
    auto* const one = new One;  // NOLINT: its tag owns it
    RpcServer::SetDeadline(&one->context);
    one->reader = stub_->AsyncModelInfer(&one->context, TypedRequest({"good"}), &queue_);
    one->reader->Finish(&one->response, &one->status, one);
  }

  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  grpc::CompletionQueue queue_;
  int begun_ = 0;
  std::vector<grpc::StatusCode> ended_;
  std::ptrdiff_t told_when_ = 0;
};

// In order of arrival each would wait for the 299 before it, and be late.
TEST(Overload, SomeAreAnsweredInTimeAndTheOthersAreTold) {
  BusyServer server;
  Crowd crowd(server.address());
  crowd.Call(300, 2000);
  EXPECT_EQ(crowd.Ended(grpc::StatusCode::OK) + crowd.Ended(grpc::StatusCode::UNAVAILABLE), 2000);
  EXPECT_GT(crowd.Ended(grpc::StatusCode::OK), 200);
  EXPECT_GT(server.refused_full(), 100);
  EXPECT_EQ(crowd.told_when(), crowd.Ended(grpc::StatusCode::UNAVAILABLE));
}

TEST(Overload, ADrainTellsThoseWhoWaitForARefusal) {
  BusyServer server;
  Crowd crowd(server.address());
  std::jthread client([&] { crowd.Call(300, 2000); });
  server.WaitForARefusal();
  server.listener().BeginDrain(0ms);
  const auto begun = std::chrono::steady_clock::now();
  server.listener().Wait();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, RpcServer::Options().drain_timeout / 2);
  client.join();
  EXPECT_EQ(crowd.Ended(grpc::StatusCode::DEADLINE_EXCEEDED), 0);
  EXPECT_GT(crowd.told_when(), 0);
}

}  // namespace
}  // namespace valence::rpc
