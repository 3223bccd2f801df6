// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <thread>

#include "echo_server.h"
#include "kernel_time.h"
#include "raw_client.h"
#include "valence/base/file_descriptor.h"

namespace valence::net {
namespace {

using ::testing::ElementsAre;

constexpr std::chrono::milliseconds kLate{500};

std::string Post(std::string_view path) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
}

/// How long ago the kernel says that the datagram came in which is the next in `socket`.
std::chrono::nanoseconds AgeOfNext(int socket) {
  alignas(cmsghdr) std::array<char, 64> control;
  char byte = 0;
  iovec room{&byte, 1};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  return recvmsg(socket, &message, 0) == 1 ? AgeOf(message) : std::chrono::nanoseconds(0);
}

/// The kernel notes when bytes arrive from a moment after the first socket has asked for it, which can be a long moment
/// on a busy machine. This one asks for as long as the process lives.
bool KernelNotesArrivals() {
  static const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(socket.get(), generic, size) != 0 || getsockname(socket.get(), generic, &size) != 0) return false;
  const auto age = std::chrono::milliseconds(5);  // what is not noted has none
  for (int i = 0; i < 2000; ++i) {
    if (sendto(socket.get(), "x", 1, 0, generic, size) != 1) return false;
    std::this_thread::sleep_for(age);
    if (AgeOfNext(socket.get()) >= age) return true;
  }
  return false;
}

// Connected and known to the server.
std::unique_ptr<RawClient> Known(const EchoServer& server) {
  static const bool noted = KernelNotesArrivals();
  EXPECT_TRUE(noted);
  auto client = std::make_unique<RawClient>(server.port());
  client->Send(Get("/known"));
  client->ReadAnswer();
  return client;
}

/// The order in which requests are answered that arrive while the only thread is busy: one that is late when the
/// thread is free again, then two that are not, then a probe.
std::vector<std::string> Order(std::chrono::milliseconds late_after, std::chrono::milliseconds busy) {
  ServerOptions options;
  options.late_after = late_after;
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(Known(server));
  clients[0]->Send(Post("/slow"));
  server.WaitUntilSlowStarted();
  clients[1]->Send(Post("/first"));
  std::this_thread::sleep_for(busy);  // the time that passes is what the test is about
  clients[2]->Send(Post("/second"));
  // More than what may pass between reading a request's time stamp and the clock, if the machine is busy.
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  clients[3]->Send(Post("/third"));
  clients[4]->Send(Get("/probe"));
  server.Release();
  for (const auto& client : clients) EXPECT_EQ(StatusOf(client->ReadAnswer()), 200);
  auto paths = server.AnsweredPaths();
  paths.erase(paths.begin(), paths.begin() + 5);  // the clients' introductions
  return paths;
}

TEST(HttpOverload, OnceARequestIsLateTheLateComeFirstThenTheNewestAndProbesDoNotWait) {
  EXPECT_THAT(Order(kLate, kLate + std::chrono::milliseconds(50)),
              ElementsAre("/slow", "/probe", "/first", "/third", "/second"));
}

TEST(HttpOverload, WithoutALateRequestNobodyOvertakes) {
  EXPECT_THAT(Order(std::chrono::minutes(1), std::chrono::milliseconds(5)),
              ElementsAre("/slow", "/first", "/second", "/third", "/probe"));
}

// It is its turn when its header is here; then it may be long in coming.
TEST(HttpOverload, ABodyThatIsSlowToArriveHoldsUpNobodyAndIsAnsweredWhenItIsHere) {
  ServerOptions options;
  options.late_after = std::chrono::milliseconds(1);
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(Known(server));
  clients[0]->Send(Post("/slow"));
  server.WaitUntilSlowStarted();
  clients[1]->Send(Post("/first"));
  clients[2]->Send("POST /halved HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + std::string(5000, 'b'));
  clients[3]->Send(Post("/third"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  server.Release();
  for (const int i : {0, 1, 3}) EXPECT_EQ(StatusOf(clients[static_cast<std::size_t>(i)]->ReadAnswer()), 200) << i;
  EXPECT_THAT(server.AnsweredPaths(), testing::Not(testing::Contains("/halved")));
  clients[2]->Send(std::string(95000, 'b') + Get("/after"));
  EXPECT_THAT(clients[2]->ReadAnswer(), testing::EndsWith(std::string(100000, 'b')));
  EXPECT_THAT(clients[2]->ReadAnswer(), testing::HasSubstr("GET /after"));
}

TEST(HttpOverload, WhatIsRefusedInItsTurnIsNotRead) {
  ServerOptions options;
  options.late_after = std::chrono::milliseconds(1);
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(Known(server));
  clients[0]->Send(Post("/slow"));
  server.WaitUntilSlowStarted();
  clients[1]->Send(Post("/first"));
  clients[2]->Send("POST /refused HTTP/1.1\r\nHost: x\r\nX-Refuse: 1\r\nContent-Length: 50000\r\n\r\n" +
                   std::string(50000, 'b') + Get("/after"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  server.Release();
  EXPECT_EQ(StatusOf(clients[2]->ReadAnswer()), 429);
  EXPECT_THAT(clients[2]->ReadAnswer(), testing::HasSubstr("GET /after"));
  EXPECT_EQ(server.refused_unread(), 1);
  for (const int i : {0, 1}) EXPECT_EQ(StatusOf(clients[static_cast<std::size_t>(i)]->ReadAnswer()), 200) << i;
}

/// A server whose queue is full: behind a late request there are more that take longer than anybody may wait, the first
/// of which are answered.
class FullQueue {
 public:
  /// `count` requests for `path`, which is to mean work, and `others` clients besides, who have not asked yet.
  explicit FullQueue(std::string_view path = "/busy", std::size_t count = 40, std::size_t others = 0)
      : server_(Options()) {
    while (others_.size() < others) others_.push_back(Known(server_));
    while (waiting_.size() < count + 2) waiting_.push_back(Known(server_));
    waiting_[0]->Send(Post("/slow"));
    server_.WaitUntilSlowStarted();
    waiting_[1]->Send(Post("/late"));
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    for (std::size_t i = 2; i < waiting_.size(); ++i) waiting_[i]->Send(Post(path));
    server_.Release();
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, count + 1, count}) {
      EXPECT_EQ(StatusOf(waiting_[i]->ReadAnswer()), 200) << i;
    }
  }
  EchoServer& server() { return server_; }
  std::vector<std::unique_ptr<RawClient>>& others() { return others_; }

 private:
  static ServerOptions Options() {
    ServerOptions options;
    options.late_after = std::chrono::milliseconds(50);
    return options;
  }

  EchoServer server_;
  std::vector<std::unique_ptr<RawClient>> waiting_;
  std::vector<std::unique_ptr<RawClient>> others_;
};

constexpr std::string_view kRefusedIfFull =
    "POST /full HTTP/1.1\r\nHost: x\r\nX-Refuse-If-Full: 1\r\nContent-Length: 4\r\n\r\nbody";

TEST(HttpOverload, WhoFindsTheQueueFullCanBeRefusedAtOnce) {
  FullQueue full;
  const auto client = Known(full.server());
  for (const std::size_t size : {4u, 50'000u}) {  // here as a whole, and not
    client->Send("POST /full HTTP/1.1\r\nHost: x\r\nX-Refuse-If-Full: 1\r\nContent-Length: " + std::to_string(size) +
                 "\r\n\r\n" + std::string(size, 'b') + Get("/after"));
    EXPECT_EQ(StatusOf(client->ReadAnswer()), 429) << size;
    EXPECT_THAT(client->ReadAnswer(), testing::HasSubstr("GET /after")) << size;
  }
  EXPECT_EQ(full.server().refused_unread(), 2);
  EXPECT_THAT(full.server().AnsweredPaths(), testing::Not(testing::Contains("/full")));
}

TEST(HttpOverload, WhoFindsTheQueueFullAndIsNotRefusedWaitsForItsTurn) {
  FullQueue full;
  const auto shorter = Known(full.server());
  const auto longer = Known(full.server());
  const std::string body(50'000, 'b');
  shorter->Send(Post("/full"));
  longer->Send("POST /full HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + body);
  EXPECT_THAT(shorter->ReadAnswer(), testing::EndsWith(" body"));
  EXPECT_THAT(longer->ReadAnswer(), testing::EndsWith(" " + body));
  EXPECT_EQ(full.server().asked_when_full(), 2);
  EXPECT_EQ(full.server().refused_unread(), 0);
}

// An answer of 1 ms leaves 16 us, in which a few can be refused; as many as arrive meanwhile would be 64.
TEST(HttpOverload, RefusalsOfAFullQueueLeaveTimeForTheAnswers) {
  FullQueue full("/brief", 400, 200);
  for (const auto& client : full.others()) client->Send(kRefusedIfFull);
  EXPECT_EQ(StatusOf(full.others().front()->ReadAnswer()), 429);
  const std::size_t before = full.server().AnsweredPaths().size();
  for (std::size_t i = 1; i < full.others().size(); ++i) {
    EXPECT_EQ(StatusOf(full.others()[i]->ReadAnswer()), 429) << i;
  }
  EXPECT_GE(full.server().AnsweredPaths().size(), before + 15);
  EXPECT_THAT(full.server().AnsweredPaths(), testing::Not(testing::Contains("/full")));
}

TEST(HttpOverload, ADrainTellsThoseWhoWaitForARefusal) {
  FullQueue full("/brief", 400, 200);
  for (const auto& client : full.others()) client->Send(kRefusedIfFull);
  EXPECT_EQ(StatusOf(full.others().front()->ReadAnswer()), 429);  // by now the others wait for theirs
  full.others().back()->Reset();
  full.others().pop_back();
  full.server().server().Stop();
  for (std::size_t i = 1; i < full.others().size(); ++i) {
    EXPECT_EQ(StatusOf(full.others()[i]->ReadAnswer()), 429) << i;
    EXPECT_TRUE(full.others()[i]->AtEnd()) << i;
  }
}

TEST(HttpOverload, OfRequestsWithLongBodiesNoneIsLost) {
  ServerOptions options;
  options.late_after = std::chrono::milliseconds(1);
  EchoServer server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(Known(server));
  clients[0]->Send(Post("/slow"));
  server.WaitUntilSlowStarted();
  const std::string body(300000, 'b');
  std::vector<std::jthread> senders;  // the server takes them only when it is free: each fills its socket
  for (std::size_t i = 1; i < clients.size(); ++i) {
    senders.emplace_back([&body, client = clients[i].get()] {
      client->Send("POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                   body);
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  server.Release();
  EXPECT_EQ(StatusOf(clients[0]->ReadAnswer()), 200);
  for (std::size_t i = 1; i < clients.size(); ++i) EXPECT_THAT(clients[i]->ReadAnswer(), testing::EndsWith(body)) << i;
}

}  // namespace
}  // namespace valence::net
