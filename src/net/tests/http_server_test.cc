// SPDX-License-Identifier: Apache-2.0
#include "valence/net/http_server.h"

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

std::string Post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

int OpenFiles() {
  int count = 0;
  DIR* const folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

TEST(HttpServer, AnswersWithLengthTypeAndDate) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nX-Tag: t\r\nContent-Length: 2\r\n\r\nhi");
  const std::string answer = client.ReadAnswer();
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n\r\n"));
  EXPECT_THAT(answer, EndsWith("POST /a/b?c=d hi tag=t"));
}

TEST(HttpServer, KeepsTheConnectionForTheNextRequest) {
  EchoServer server({});
  RawClient client(server.port());
  for (int i = 0; i < 100; ++i) {
    client.Send(Post("/" + std::to_string(i), std::string(static_cast<std::size_t>(i) * 100, 'x')));
    ASSERT_THAT(client.ReadAnswer(), HasSubstr("POST /" + std::to_string(i) + "? "));
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  EchoServer server({});
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += Post("/" + std::to_string(i), "body" + std::to_string(i));
  std::thread sender([&] { client.Send(all); });
  for (int i = 0; i < 500; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /" + number + "? body" + number));
  }
  sender.join();
}

TEST(HttpServer, ReadsARequestThatArrivesByteByByte) {
  EchoServer server({});
  RawClient client(server.port());
  for (const char c : Post("/x", "slow") + "GET / HTTP/1.1\r\nHost: y\r\n\r\n") client.Send(std::string(1, c));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /x? slow"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /? "));
}

TEST(HttpServer, GathersAChunkedBody) {
  EchoServer server({});
  RawClient client(server.port());
  const std::string request =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n5\r\ndefgh\r\n0\r\nT: "
      "v\r\n\r\n";
  client.Send(request + request);
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /c? abcdefgh"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /c? abcdefgh"));
  for (const char c : request) client.Send(std::string(1, c));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /c? abcdefgh"));
}

TEST(HttpServer, SkipsEmptyLinesBeforeARequest) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send(Post("/1", "a") + "\r\n" + Post("/2", "b"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /1? a"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /2? b"));
}

TEST(HttpServer, HeadAnswersWithoutBody) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\nGET /g HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.ReadHead(), HasSubstr("Content-Length: 9\r\n"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /g? "));
}

TEST(HttpServer, AbsoluteFormNamesThePath) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("GET http://host:80/p?q HTTP/1.1\r\nHost: host\r\n\r\nGET http://host HTTP/1.1\r\nHost: host\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /p?q "));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /? "));
}

TEST(HttpServer, Http10ClosesUnlessAskedToKeepAlive) {
  EchoServer server({});
  RawClient plain(server.port());
  plain.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(plain.ReadAll(), HasSubstr("Connection: close\r\n"));
  RawClient kept(server.port());
  kept.Send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(kept.ReadAnswer(), HasSubstr("Connection: keep-alive\r\n"));
  kept.Send("GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_THAT(kept.ReadAll(), EndsWith("GET /2? "));
}

TEST(HttpServer, ConnectionCloseIsHonoured) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), HasSubstr("Connection: close\r\n"));
}

TEST(HttpServer, LargeAnswersReachASlowReader) {
  ServerOptions options;
  options.max_body_bytes = 8u << 20;
  EchoServer server(options);
  RawClient client(server.port());
  const std::string body(4u << 20, 'b');
  std::thread sender([&] { client.Send(Post("/big", body) + Post("/next", "n")); });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("bbbbbbbb"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /next? n"));
  sender.join();
}

TEST(HttpServer, ExpectContinueIsAnsweredBeforeTheBody) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(client.ReadHead(), HasSubstr("HTTP/1.1 100 Continue"));
  client.Send("abc");
  EXPECT_THAT(client.ReadAnswer(), EndsWith("POST /e? abc"));
}

TEST(HttpServer, TooManyConnectionsAreTurnedAway) {
  ServerOptions options;
  options.max_connections = 2;
  EchoServer server(options);
  RawClient first(server.port());
  RawClient second(server.port());
  first.Send(Post("/", ""));
  second.Send(Post("/", ""));
  EXPECT_EQ(StatusOf(first.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf(second.ReadAnswer()), 200);
  RawClient third(server.port());
  EXPECT_EQ(StatusOf(third.ReadAll()), 503);
}

TEST(HttpServer, ASecondServerOnThePortIsRefused) {
  EchoServer server({});
  ServerOptions options;
  options.port = server.port();
  const auto second = HttpServer::Listen(options, nullptr, nullptr);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

TEST(HttpServer, AnUnusableHostIsRefused) {
  ServerOptions options;
  options.host = "no such host";
  const auto server = HttpServer::Listen(options, nullptr, nullptr);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
}

TEST(HttpServer, ManyThreadsServeOnePort) {
  ServerOptions options;
  options.threads = 4;
  EchoServer server(options);
  for (int i = 0; i < 50; ++i) {
    RawClient client(server.port());
    client.Send(Post("/", std::to_string(i)));
    ASSERT_THAT(client.ReadAnswer(), EndsWith(" " + std::to_string(i)));
  }
}

TEST(HttpServer, ChurnLeavesNoFileDescriptors) {
  EchoServer server({});
  const int before = OpenFiles();
  for (std::size_t i = 0; i < 2000; ++i) {
    RawClient client(server.port());
    if (i % 3 == 0) client.Send(Post("/", "x").substr(0, i % 50));
  }
  EXPECT_TRUE(Eventually([&] { return OpenFiles() <= before; })) << OpenFiles() << " > " << before;
}

TEST(HttpServerTimeouts, SlowHeaderIs408) {
  ServerOptions options;
  options.header_timeout = seconds(1);
  EchoServer server(options);
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost:");
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), 408);
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST(HttpServer, AnswersAllThatBecameReadyTogether) {
  EchoServer server({});
  RawClient slow(server.port());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->Send(Post("/before", ""));
    EXPECT_EQ(StatusOf(clients.back()->ReadAnswer()), 200);
  }
  slow.Send(Post("/slow", ""));
  server.WaitUntilSlowStarted();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string body = i % 5 == 4 ? std::string(100000, 'x') : std::to_string(i);  // some are long
    clients[i]->Send(Post("/" + std::to_string(i), body) + Post("/then", body));  // and each has another behind it
  }
  server.Release();
  EXPECT_EQ(StatusOf(slow.ReadAnswer()), 200);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_THAT(clients[i]->ReadAnswer(), HasSubstr("POST /" + std::to_string(i) + "? "));
    EXPECT_THAT(clients[i]->ReadAnswer(), HasSubstr("POST /then? "));
  }
}

TEST(HttpServerTimeouts, SlowBodyIs408) {
  ServerOptions options;
  options.body_timeout = seconds(1);
  EchoServer server(options);
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(StatusOf(client.ReadAll()), 408);
}

TEST(HttpServerTimeouts, TricklingDoesNotExtendTheHeadersTime) {
  ServerOptions options;
  options.header_timeout = seconds(1);
  EchoServer server(options);
  RawClient client(server.port());
  const auto start = std::chrono::steady_clock::now();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nA: ");
  // The server lingers for two seconds after its 408, reading what still comes.
  while (std::chrono::steady_clock::now() - start < seconds(8) && client.Send("a")) {
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(6));
}

TEST(HttpServerTimeouts, SilentAndIdleConnectionsAreClosedWithoutAnAnswer) {
  ServerOptions options;
  options.header_timeout = seconds(1);
  options.idle_timeout = seconds(1);
  EchoServer server(options);
  RawClient silent(server.port());
  RawClient idle(server.port());
  idle.Send(Post("/", "x"));
  EXPECT_EQ(StatusOf(idle.ReadAnswer()), 200);
  EXPECT_TRUE(silent.AtEnd());
  EXPECT_TRUE(idle.AtEnd());
}

TEST(HttpServerDrain, AnswersWhatIsInFlightAndClosesTheIdle) {
  ServerOptions options;
  options.threads = 2;
  EchoServer server(options);
  RawClient idle(server.port());
  idle.Send(Post("/", ""));
  EXPECT_EQ(StatusOf(idle.ReadAnswer()), 200);
  RawClient half(server.port());
  half.Send("POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n12");
  RawClient slow(server.port());
  slow.Send(Post("/slow", "kept"));
  server.WaitUntilSlowStarted();
  server.server().Stop();
  server.Release();
  const std::string answer = slow.ReadAll();
  EXPECT_THAT(answer, EndsWith("POST /slow? kept"));
  half.Send("34");
  const std::string half_answer = half.ReadAll();
  EXPECT_THAT(half_answer, EndsWith("POST /half? 1234"));
  EXPECT_THAT(half_answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(idle.AtEnd());
  server.Join();
}

TEST(HttpServerDrain, RefusesNewConnections) {
  EchoServer server({});
  const std::uint16_t port = server.port();
  server.server().Stop();
  server.Join();
  RawClient late(port);
  EXPECT_FALSE(late.Send("x"));
}

TEST(HttpServerDrain, AcceptsDuringTheDelayAndAsksToClose) {
  EchoServer server({});
  server.server().Stop(milliseconds(1500));
  std::this_thread::sleep_for(milliseconds(100));
  RawClient during(server.port());
  during.Send(Post("/during", ""));
  const std::string answer = during.ReadAll();
  EXPECT_THAT(answer, HasSubstr("POST /during? "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  server.Join();
}

TEST(HttpServerDrain, CutsWhoDoesNotFinishInTime) {
  ServerOptions options;
  options.drain_timeout = seconds(1);
  EchoServer server(options);
  RawClient half(server.port());
  half.Send("POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n12");
  std::this_thread::sleep_for(milliseconds(100));
  const auto start = std::chrono::steady_clock::now();
  server.server().Stop();
  server.Join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
}

TEST(HttpServerDrain, LosesNoRequestUnderLoad) {
  ServerOptions options;
  options.threads = 2;
  EchoServer server(options);
  std::atomic<int> lost = 0;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      RawClient client(server.port());
      while (client.Send(Post("/", "x"))) {
        const std::string answer = client.ReadAnswer();
        lost += answer.empty() ? 1 : 0;
        ++answered;
        if (answer.empty() || answer.find("Connection: close") != std::string::npos) return;
      }
    });
  }
  EXPECT_TRUE(Eventually([&] { return answered > 200; }));
  server.server().Stop(milliseconds(500));
  for (auto& client : clients) client.join();
  server.Join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace valence::net
