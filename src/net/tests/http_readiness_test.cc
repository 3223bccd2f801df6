// SPDX-License-Identifier: Apache-2.0
// Clients whose bytes, ends and resets come at any time, and what becomes of the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "echo_server.h"
#include "eventually.h"
#include "raw_client.h"

namespace valence::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(HttpReadiness, AClientThatSendsAllAndEndsGetsItsAnswers) {
  EchoServer server({});
  for (const int count : {1, 2, 1000}) {  // in one read, and in many
    RawClient client(server.port());
    std::string all;
    for (int i = 0; i < count; ++i) all += Get("/" + std::to_string(i));
    std::thread sender([&] {
      client.Send(all);
      client.End();
    });
    const std::string answers = client.ReadAll();
    sender.join();
    EXPECT_EQ(CountAnswers(answers), count);
    EXPECT_THAT(answers, EndsWith("GET /" + std::to_string(count - 1) + "? "));
  }
}

TEST(HttpReadiness, AnEndOrAResetWhileTheServerIsBusyEndsTheConnection) {
  ServerOptions options;
  options.max_connections = 4;
  EchoServer server(options);
  for (int round = 0; round < 3; ++round) {  // each would use up the connections
    RawClient slow(server.port());
    slow.Send(Get("/slow"));
    if (round == 0) server.WaitUntilSlowStarted();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
    clients[0]->End();
    clients[1]->Send("GET / HT");
    clients[1]->Reset();
    clients[2]->Send("GET / HT");
    clients[2]->End();
    server.Release();
    EXPECT_EQ(StatusOf(slow.ReadAnswer()), 200);
    EXPECT_TRUE(clients[0]->AtEnd());
    EXPECT_TRUE(clients[2]->AtEnd());
    slow.End();
    EXPECT_TRUE(slow.AtEnd());
  }
  EXPECT_TRUE(Eventually([&] {
    RawClient client(server.port());
    client.Send(Get("/"));
    return StatusOf(client.ReadAnswer()) == 200;
  }));
}

TEST(HttpReadiness, AClientThatNeverStopsDoesNotHoldUpOthers) {
  EchoServer server({});
  std::atomic<bool> done = false;
  RawClient greedy(server.port());
  std::string many;
  for (int i = 0; i < 1000; ++i) many += Get("/greedy");
  std::jthread sender([&] {
    while (!done && greedy.Send(many)) {
    }
    greedy.End();
  });
  std::jthread reader([&] { greedy.ReadAll(); });
  for (int i = 0; i < 50; ++i) {
    RawClient other(server.port());
    other.Send(Get("/1"));
    EXPECT_THAT(other.ReadAnswer(), EndsWith("GET /1? "));
    other.Send(Get("/2"));
    EXPECT_THAT(other.ReadAnswer(), EndsWith("GET /2? "));
  }
  done = true;
}

TEST(HttpReadiness, AClientThatNeverStopsDoesNotHoldUpADrainsLimit) {
  ServerOptions options;
  options.drain_timeout = seconds(1);
  auto server = std::make_unique<EchoServer>(options);
  RawClient greedy(server->port());
  greedy.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::jthread sender([&] {
    while (greedy.Send("1\r\na\r\n")) {
    }
  });
  std::this_thread::sleep_for(milliseconds(20));
  const auto start = std::chrono::steady_clock::now();
  server->server().Stop();
  server->Join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
  server.reset();  // closes what was cut
}

/// A handler that runs out of memory.
class FailingServer {
 public:
  FailingServer() {
    ServerOptions options;
    options.threads = 1;
    server_ = HttpServer::Listen(
                  options,
                  [this](int, const HttpRequest& request, HttpResponse* response) {
                    if (request.path == "/wait") go_.wait(false);
                    if (request.path == "/fail") throw std::bad_alloc();
                    response->body.assign(request.path);
                  },
                  [](int, const HttpRefusal&, HttpResponse*) {})
                  .value();
    thread_ = std::jthread([this] { server_->Run(); });
  }
  ~FailingServer() { server_->Stop(); }
  std::uint16_t port() const { return server_->port(); }
  void Go() {
    go_ = true;
    go_.notify_all();
  }

 private:
  std::atomic<bool> go_ = false;
  std::unique_ptr<HttpServer> server_;
  std::jthread thread_;
};

TEST(HttpReadiness, AHandlerThatThrowsLosesItsOwnConnectionOnly) {
  FailingServer server;
  RawClient waits(server.port());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->Send(Get("/known"));
    EXPECT_EQ(StatusOf(clients.back()->ReadAnswer()), 200);
  }
  waits.Send(Get("/wait"));
  for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->Send(Get(i % 3 == 1 ? "/fail" : "/fine"));
  server.Go();  // all of them are ready together
  EXPECT_EQ(StatusOf(waits.ReadAnswer()), 200);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (i % 3 == 1) {
      EXPECT_TRUE(clients[i]->AtEnd()) << i;
    } else {
      EXPECT_THAT(clients[i]->ReadAnswer(), HasSubstr("/fine")) << i;
    }
  }
  RawClient later(server.port());
  later.Send(Get("/later"));
  EXPECT_THAT(later.ReadAnswer(), HasSubstr("/later"));
}

}  // namespace
}  // namespace valence::net
