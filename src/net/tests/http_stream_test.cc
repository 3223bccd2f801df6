// SPDX-License-Identifier: Apache-2.0
// Bodies that are worked on as they arrive, and answers that wait for work on the side thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "raw_client.h"
#include "valence/net/http_server.h"

namespace valence::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::atomic<int> open_streams = 0;

/// Answers with the body. '!' breaks off; '?' is answered only at the end.
class Echo final : public HttpStream {
 public:
  Echo() { ++open_streams; }
  ~Echo() override { --open_streams; }

  bool Feed(std::string_view bytes, HttpResponse* response) override {
    if (const auto stop = bytes.find('!'); stop != std::string_view::npos) {
      response->status = 400;
      response->body.append(bytes.substr(0, stop)).append("broken off");
      return false;
    }
    (bytes.starts_with('?') ? kept_ : response->body).append(bytes);
    return true;
  }
  bool Finish(HttpResponse* response) override {
    response->body.append(kept_);
    return true;
  }

 private:
  std::string kept_;
};

class StreamServer {
 public:
  explicit StreamServer(ServerOptions options = {}) {
    options.threads = 1;
    options.max_body_bytes = 10;
    server_ = HttpServer::Listen(
                  options,
                  [](int, const HttpRequest& request, HttpResponse* response) {
                    response->body.assign(request.path);
                    if (request.path != "/later") return;
                    response->deferred = std::make_unique<DeferredWork>();
                    const auto worker = std::this_thread::get_id();
                    const auto aside = std::make_shared<bool>();
                    response->deferred->work = [=] { *aside = std::this_thread::get_id() != worker; };
                    response->deferred->finish = [=, &request](HttpResponse* r) {
                      r->body =
                          *aside && std::this_thread::get_id() == worker ? "aside, then back: " : "wrong thread: ";
                      r->body.append(request.body);
                    };
                  },
                  [](int, const HttpRefusal& refusal, HttpResponse* response) {
                    response->status = refusal.status;
                    response->body.assign(refusal.reason);
                  },
                  [](int, const HttpRequest& request) -> std::unique_ptr<HttpStream> {
                    if (request.path != "/stream") return nullptr;
                    return std::make_unique<Echo>();
                  })
                  .value();
    thread_ = std::jthread([this] { server_->Run(); });
  }
  ~StreamServer() { server_->Stop(); }
  std::uint16_t port() const { return server_->port(); }

 private:
  std::unique_ptr<HttpServer> server_;
  std::jthread thread_;
};

std::string Head(std::size_t length, std::string_view path = "/stream") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST(HttpStream, AShortBodyGetsAnOrdinaryAnswer) {
  StreamServer server;
  RawClient client(server.port());
  client.Send(Head(5) + "hello");
  const std::string answer = client.ReadAnswer();
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhello"));
  client.Send(Head(0));
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("Content-Length: 0\r\n"));
  EXPECT_EQ(open_streams, 0);
}

TEST(HttpStream, AnswersInChunksWhileTheBodyArrives) {
  StreamServer server;
  RawClient client(server.port());
  client.Send(Head(6) + "abc");
  EXPECT_EQ(client.ReadUntil("3\r\nabc\r\n").substr(0, 15), "HTTP/1.1 200 OK");
  client.Send("def" + Head(2, "/next") + "xy");
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "3\r\ndef\r\n0\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), EndsWith("/next"));
}

TEST(HttpStream, TakesAChunkedBody) {
  StreamServer server;
  RawClient client(server.port());
  client.Send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  client.ReadUntil("2\r\nab\r\n");
  client.Send("c\r");
  client.ReadUntil("1\r\nc\r\n");
  client.Send("\n4\r\nd");
  client.ReadUntil("1\r\nd\r\n");
  client.Send("efg\r\n0\r\n\r\n" + Head(1) + "z");
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "3\r\nefg\r\n0\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), EndsWith("z"));
}

TEST(HttpStream, HoldsNeitherBodyNorAnswer) {
  StreamServer server;
  RawClient client(server.port());
  constexpr std::size_t kSize = 50u << 20;
  std::thread sender([&] {
    client.Send(Head(kSize));
    const std::string part(1u << 20, 'x');
    for (std::size_t sent = 0; sent < kSize; sent += part.size()) client.Send(part);
  });
  EXPECT_EQ(client.CountUntil('x', "0\r\n\r\n"), kSize);
  sender.join();
}

TEST(HttpStream, BreakingOffBeforeTheAnswerIsAnOrdinaryError) {
  StreamServer server;
  RawClient client(server.port());
  client.Send(Head(100) + "no!");
  const std::string answer = client.ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, EndsWith("nobroken off"));
}

TEST(HttpStream, BreakingOffLaterLeavesTheAnswerVisiblyIncomplete) {
  StreamServer server;
  RawClient client(server.port());
  client.Send(Head(100) + "abc");
  client.ReadUntil("abc\r\n");
  client.Send("d!");
  EXPECT_EQ(client.ReadAll(), "b\r\ndbroken off\r\n");
}

TEST(HttpStream, AMalformedChunkEndsAnAnswerThatWasUnderWay) {
  StreamServer server;
  RawClient client(server.port());
  client.Send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
  client.ReadUntil("ab\r\n");
  client.Send("xyz\r\n");
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(open_streams, 0);
}

TEST(HttpStream, HasALimitOfItsOwn) {
  ServerOptions options;
  options.max_stream_bytes = 20;
  StreamServer server(options);
  RawClient exact(server.port());
  exact.Send(Head(20) + std::string(20, 'x'));
  EXPECT_EQ(StatusOf(exact.ReadAnswer()), 200);
  EXPECT_EQ(StatusOf([&] {
              RawClient client(server.port());
              client.Send(Head(21));
              return client.ReadAll();
            }()),
            413);
  RawClient chunked(server.port());
  chunked.Send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n?" + std::string(19, 'x') +
               "\r\n1\r\nx");
  EXPECT_EQ(StatusOf(chunked.ReadAll()), 413);
  RawClient other(server.port());
  other.Send(Head(11, "/other"));
  EXPECT_EQ(StatusOf(other.ReadAll()), 413);
}

TEST(HttpStream, ASlowPartIsATimeout) {
  ServerOptions options;
  options.body_timeout = std::chrono::seconds(1);
  StreamServer server(options);
  RawClient silent(server.port());
  silent.Send(Head(10) + "?");
  EXPECT_EQ(StatusOf(silent.ReadAll()), 408);
  RawClient answered(server.port());
  answered.Send(Head(10) + "a");
  EXPECT_THAT(answered.ReadAll(), EndsWith("1\r\na\r\n"));
  EXPECT_EQ(open_streams, 0);
}

TEST(HttpStream, AClientThatStopsReadingIsCutOff) {
  ServerOptions options;
  options.body_timeout = std::chrono::seconds(1);
  StreamServer server(options);
  RawClient client(server.port());
  client.Send(Head(1u << 30));
  const std::string part(1u << 20, 'x');
  int sent = 0;
  while (sent < 1000 && client.Send(part)) ++sent;
  EXPECT_LT(sent, 100);  // the kernel's buffers, then nothing more is taken
}

TEST(HttpStream, Http10GetsAnAnswerThatEndsWithTheConnection) {
  StreamServer server;
  RawClient client(server.port());
  client.Send("POST /stream HTTP/1.0\r\nContent-Length: 4\r\n\r\nab");
  const std::string head = client.ReadUntil("ab");
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  client.Send("cd");
  EXPECT_EQ(client.ReadAll(), "cd");
}

TEST(DeferredWork, RunsAsideAndAnswersOnTheServersThread) {
  StreamServer server;
  RawClient client(server.port());
  client.Send(Head(2, "/later") + "hi" + Head(0, "/later") + Head(0, "/soon"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("aside, then back: hi"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("aside, then back: "));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("/soon"));
}

}  // namespace
}  // namespace valence::net
