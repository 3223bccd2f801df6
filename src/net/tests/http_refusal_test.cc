// SPDX-License-Identifier: Apache-2.0
// Requests that are refused before their body is read: the answer comes at once, and nothing of the body is ever taken
// for a request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "echo_server.h"
#include "raw_client.h"

namespace valence::net {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kNext = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

std::string Refused(std::size_t body_size, std::string_view headers = "") {
  return "POST /refused HTTP/1.1\r\nHost: x\r\nX-Refuse: 1\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body_size) + "\r\n\r\n";
}

/// A body that a server that lost its place would take for requests, wherever it went on.
std::string Requests(std::size_t size) {
  std::string body;
  while (body.size() < size) body += "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  return body.substr(0, size);
}

TEST(HttpRefusal, ComesBeforeTheBodyAndTheConnectionGoesOn) {
  EchoServer server({});
  RawClient client(server.port());
  for (int round = 1; round <= 3; ++round) {
    client.Send(Refused(300000));
    const auto answer = client.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 429);
    EXPECT_THAT(answer, Not(HasSubstr("Connection: close")));
    client.Send(Requests(300000));
    client.Send(kNext);
    EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /next? "));
    EXPECT_EQ(server.refused_unread(), round);
  }
  EXPECT_THAT(server.AnsweredPaths(), ElementsAre("/next", "/next", "/next"));
}

TEST(HttpRefusal, WhatIsPipelinedBehindTheBodyIsAnsweredWhateverItsSize) {
  EchoServer server({});
  RawClient client(server.port());
  std::vector<std::size_t> sizes = {1, 2, 100, 20000, 300000, 1000000};
  for (std::size_t size = 3900; size < 4200; ++size) sizes.push_back(size);  // about what one read takes
  for (const std::size_t size : sizes) {
    client.Send(Refused(size) + Requests(size) + kNext);
    EXPECT_EQ(StatusOf(client.ReadAnswer()), 429) << size;
    EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /next? ")) << size;
  }
  EXPECT_THAT(server.AnsweredPaths(), Not(testing::Contains("/smuggled")));
  EXPECT_GT(server.refused_unread(), 0);
}

TEST(HttpRefusal, OfAChunkedBodyComesAfterIt) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nX-Refuse: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  client.Send("lo\r\n0\r\n\r\n" + kNext);
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 429);
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /next? "));
  EXPECT_EQ(server.refused_unread(), 0);
}

// Such a client may send its body after all, or its next request: both look the same.
TEST(HttpRefusal, OfAClientThatWaitsToContinueEndsTheConnection) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send(Refused(kNext.size(), "Expect: 100-continue\r\n"));
  const auto answer = client.ReadAnswer();
  EXPECT_EQ(StatusOf(answer), 429);
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  client.Send(kNext + kNext);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_THAT(server.AnsweredPaths(), IsEmpty());
}

TEST(HttpRefusal, EndsTheConnectionOfAClientThatAskedForIt) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send(Refused(300000, "Connection: close\r\n") + Requests(300000) + kNext);
  const auto answers = client.ReadAll();
  EXPECT_EQ(StatusOf(answers), 429);
  EXPECT_EQ(CountAnswers(answers), 1);
  EXPECT_THAT(server.AnsweredPaths(), IsEmpty());
}

TEST(HttpRefusal, ABodyThatDoesNotComeEndsTheConnectionWithoutASecondAnswer) {
  ServerOptions options;
  options.body_timeout = seconds(1);
  EchoServer server(options);
  RawClient client(server.port());
  client.Send(Refused(1000) + "abc");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 429);
  EXPECT_TRUE(client.AtEnd());
}

TEST(HttpRefusal, HoldsUpNoDrain) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send(Refused(300000) + "abc");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 429);
  server.server().Stop();
  RawClient late(server.port());  // refused, or answered and closed: the drain has begun
  late.Send(kNext);
  late.ReadAll();
  const auto start = std::chrono::steady_clock::now();
  client.Send(Requests(300000 - 3));
  EXPECT_TRUE(client.AtEnd());
  server.Join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8));  // drain_timeout is 25 s
}

}  // namespace
}  // namespace valence::net
