// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "http_retry.h"
#include "support/matchers.h"
#include "support/test_server.h"
#include "valence/base/clock.h"
#include "valence/net/http_client.h"

namespace valence::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

class HttpClientRetryTest : public testing::Test {
 protected:
  HttpClientRetryTest() {
    options_.retry.attempts = 3;
    options_.retry.first_pause = milliseconds(1);
    ::setenv("no_proxy", "127.0.0.1", 1);
  }
  /// Sends a POST whose body is "x".
  Result<HttpReply> Post(const std::string& url, bool repeatable, const HttpPrepare& prepare = {}) {
    HttpCall call{.method = "POST", .url = url, .body = "x"};
    call.repeatable = repeatable;
    return HttpClient(options_).Send(call, {}, prepare);
  }
  HttpClientOptions options_;
};

/// Answers `first` until the n-th request, then 200.
TestServer::Script Until(int n, Reply first) {
  return [=](int request, const std::string&) { return request < n ? first : Reply{MakeReply("200 OK", "done")}; };
}

TEST_F(HttpClientRetryTest, AsksAgainAfterPassingStatuses) {
  for (const char* status : {"408 T", "429 M", "500 I", "502 B", "503 S", "504 G"}) {
    TestServer server(Until(2, {MakeReply(status, "")}));
    const auto reply = Post(server.Url("/"), true);
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->status, 200) << status;
    EXPECT_EQ(reply->attempts, 3);
  }
}

TEST_F(HttpClientRetryTest, TakesOtherStatusesForAnswers) {
  for (const char* status : {"400 B", "403 F", "404 N", "409 C", "501 N"}) {
    TestServer server(Until(2, {MakeReply(status, "why")}));
    EXPECT_EQ(Post(server.Url("/"), true)->body, "why");
    EXPECT_EQ(server.requests().size(), 1u) << status;
  }
}

TEST_F(HttpClientRetryTest, GivesTheLastAnswerWhenAllFail) {
  TestServer server(Until(9, {MakeReply("503 Busy", "why")}));
  const auto reply = Post(server.Url("/"), true);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->body, "why");
  EXPECT_EQ(reply->attempts, 3);
}

TEST_F(HttpClientRetryTest, WaitsAsLongAsTheServerAsks) {
  TestServer server(Until(1, {MakeReply("503 Busy", "", "Retry-After: 1\r\n")}));
  const Stopwatch stopwatch;
  EXPECT_EQ(Post(server.Url("/"), true)->status, 200);
  EXPECT_GE(stopwatch.seconds(), 1.0);
}

TEST_F(HttpClientRetryTest, BoundsWhatTheServerMayAskFor) {
  options_.retry.longest_pause = milliseconds(20);
  TestServer server(Until(1, {MakeReply("429 Many", "", "Retry-After: 3600\r\n")}));
  const Stopwatch stopwatch;
  EXPECT_EQ(Post(server.Url("/"), true)->status, 200);
  EXPECT_LT(stopwatch.seconds(), 10);
}

TEST_F(HttpClientRetryTest, AsksAgainAfterADroppedConnection) {
  for (const std::string& part : {std::string(), std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal")}) {
    TestServer server(Until(1, {part}));
    const auto reply = Post(server.Url("/"), true);
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->body, "done");
  }
}

TEST_F(HttpClientRetryTest, RestartsTheSink) {
  TestServer server(Until(1, {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"}));
  std::string got;
  HttpCall call;
  call.url = server.Url("/");
  const auto take = [&](std::string_view bytes, bool restart) {
    got += (restart ? "|" : "") + std::string(bytes);
    return Ok();
  };
  ASSERT_THAT(HttpClient(options_).Send(call, take), IsOk());
  EXPECT_EQ(got, "|hal|done");
}

TEST_F(HttpClientRetryTest, DoesNotRepeatWhatMayHaveActed) {
  TestServer drops(Until(1, {""}));
  EXPECT_THAT(Post(drops.Url("/"), false),
              IsError(ErrorCode::kUnavailable, HasSubstr("/: Empty reply from server; not sent again")));
  EXPECT_EQ(drops.requests().size(), 1u);
  for (const char* status : {"500 I", "502 B", "503 S", "504 G"}) {
    TestServer server(Until(1, {MakeReply(status, "")}));
    EXPECT_GE(Post(server.Url("/"), false)->status, 500);
    EXPECT_EQ(server.requests().size(), 1u) << status;
  }
}

TEST_F(HttpClientRetryTest, RepeatsWhatTheServerPutOff) {
  TestServer many(Until(1, {MakeReply("429 Many", "")}));
  EXPECT_EQ(Post(many.Url("/"), false)->status, 200);
  options_.retry.longest_pause = milliseconds(5);
  TestServer busy(Until(1, {MakeReply("503 Busy", "", "Retry-After: 1\r\n")}));
  EXPECT_EQ(Post(busy.Url("/"), false)->status, 200);
}

TEST_F(HttpClientRetryTest, RepeatsWhatNeverLeft) {
  EXPECT_THAT(Post("http://127.0.0.1:1/", false), IsError(ErrorCode::kUnavailable, HasSubstr("after 3 attempts")));
}

TEST_F(HttpClientRetryTest, DoesNotSendTwiceOnAConnectionThatDied) {
  // The server answers one request, says that it stays, and closes: libcurl by itself would send the next one twice.
  TestServer server([](int n, const std::string&) {
    Reply reply = MakeKeptReply("200 OK", "x");
    reply.keep = n > 0;
    return reply;
  });
  HttpClient client(options_);
  HttpCall call{.method = "POST", .url = server.Url("/"), .body = "x", .repeatable = false};
  ASSERT_THAT(client.Send(call), IsOk());
  ASSERT_THAT(client.Send(call), IsOk());
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpClientRetryTest, EndsAtTheDeadline) {
  options_.retry.deadline = milliseconds(150);
  TestServer server([](int, const std::string&) { return Reply{"", true}; });
  const Stopwatch stopwatch;
  EXPECT_THAT(Post(server.Url("/"), true),
              IsError(ErrorCode::kDeadlineExceeded,
                      AllOf(HasSubstr("POST http://127.0.0.1:"), HasSubstr("no answer within 0.15 s (1 attempt"))));
  EXPECT_LT(stopwatch.seconds(), 10);
}

TEST_F(HttpClientRetryTest, DoesNotStartAPauseLongerThanTheDeadline) {
  options_.retry.deadline = milliseconds(5000);
  TestServer server(Until(1, {MakeReply("503 Busy", "later", "Retry-After: 10\r\n")}));
  const Stopwatch stopwatch;
  EXPECT_EQ(Post(server.Url("/"), true)->body, "later");
  EXPECT_LT(stopwatch.seconds(), 4);
}

TEST_F(HttpClientRetryTest, LimitsEachAttempt) {
  options_.attempt_timeout = milliseconds(100);
  TestServer server([](int n, const std::string&) {
    return n == 0 ? Reply{"", true} : Reply{MakeReply("200 OK", "done")};
  });
  const auto reply = Post(server.Url("/"), true);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->attempts, 2);
}

TEST_F(HttpClientRetryTest, PreparesEachAttemptAnew) {
  TestServer server(Until(1, {MakeReply("500 Oops", "")}));
  int number = 0;
  ASSERT_THAT(Post(server.Url("/"), true,
                   [&](HttpCall* call) {
                     call->headers.push_back({"X-Number", std::to_string(++number)});
                     return Ok();
                   }),
              IsOk());
  EXPECT_THAT(server.requests()[0], HasSubstr("X-Number: 1"));
  EXPECT_THAT(server.requests()[1], AllOf(HasSubstr("X-Number: 2"), testing::Not(HasSubstr("X-Number: 1"))));
}

TEST_F(HttpClientRetryTest, EndsWhenACallCannotBePrepared) {
  const auto fail = [](HttpCall*) -> Status { return FailedPrecondition("no credentials"); };
  EXPECT_THAT(Post("http://127.0.0.1:1/", true, fail), IsError(ErrorCode::kFailedPrecondition, "no credentials"));
}

TEST(PauseBefore, DoublesUpToTheLongestWithinTheJitter) {
  const RetryPolicy policy{.first_pause = milliseconds(100), .longest_pause = milliseconds(1000), .jitter = 0.5};
  const std::pair<int, int> cases[] = {{2, 100}, {3, 200}, {4, 400}, {5, 800}, {6, 1000}, {60, 1000}};
  for (const auto& [next, middle] : cases) {
    for (int i = 0; i < 50; ++i) {
      const auto pause = internal::PauseBefore(next, policy, milliseconds(0)).count();
      EXPECT_GE(pause, middle / 2);
      EXPECT_LE(pause, middle * 3 / 2);
    }
  }
}

TEST(PauseBefore, WaitsAtLeastWhatTheServerAsksUpToTheLongest) {
  RetryPolicy policy{.first_pause = milliseconds(1), .longest_pause = milliseconds(1000)};
  EXPECT_EQ(internal::PauseBefore(2, policy, milliseconds(700)), milliseconds(700));
  EXPECT_EQ(internal::PauseBefore(2, policy, milliseconds(5000)), milliseconds(1000));
  policy.respect_retry_after = false;
  EXPECT_LE(internal::PauseBefore(2, policy, milliseconds(700)), milliseconds(2));
}

}  // namespace
}  // namespace valence::net
