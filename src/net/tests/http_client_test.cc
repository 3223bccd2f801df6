// SPDX-License-Identifier: Apache-2.0
#include "valence/net/http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "support/test_server.h"
#include "valence/base/clock.h"
#include "valence/base/files.h"

namespace valence::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    options_.retry.attempts = 3;
    options_.retry.first_pause = milliseconds(1);
    ::setenv("no_proxy", "127.0.0.1", 1);  // the machine may have a proxy; the test server is not behind it
  }
  Result<HttpReply> Send(const HttpCall& call, const HttpBodySink& sink = {}) {
    return HttpClient(options_).Send(call, sink);
  }
  static HttpCall Get(const std::string& url) {
    HttpCall call;
    call.url = url;
    return call;
  }
  static HttpCall Post(const std::string& url, const std::string& body) {
    HttpCall call{.method = "POST", .url = url, .headers = {{"Content-Type", "application/json"}}, .body = body};
    return call;
  }
  HttpClientOptions options_;
};

/// A socket option of this process's connections to the server; -1 where there is none.
int OptionOfConnections(const TestServer& server, int level, int name) {
  const int port = std::stoi(server.Url("").substr(server.Url("").rfind(':') + 1));
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || ntohs(peer.sin_port) != port) continue;
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
  }
  return -1;
}

Reply Ok200(int, const std::string&) { return {MakeReply("200 OK", "hello", "X-Kind: a\r\nx-kind: b\r\n")}; }

TEST_F(HttpClientTest, GivesStatusHeadersAndBody) {
  TestServer server(Ok200);
  const auto reply = Send(Get(server.Url("/a?b=1")));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->status, 200);
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ(reply->body, "hello");
  EXPECT_EQ(reply->Header("x-KIND"), "a");
  EXPECT_EQ(reply->Header("absent"), "");
  EXPECT_EQ(reply->attempts, 1);
  EXPECT_THAT(server.requests()[0], StartsWith("GET /a?b=1 HTTP/1.1\r\n"));
}

TEST_F(HttpClientTest, AsksForNoCompressionAndNamesItself) {
  TestServer server(Ok200);
  ASSERT_THAT(Send(Get(server.Url("/"))), IsOk());
  EXPECT_THAT(server.requests()[0], AllOf(Not(HasSubstr("Accept-Encoding")), HasSubstr("User-Agent: valence/")));
}

TEST_F(HttpClientTest, SendsPathsAsTheyAre) {
  TestServer server(Ok200);
  ASSERT_THAT(Send(Get(server.Url("/a/../b/./c"))), IsOk());
  EXPECT_THAT(server.requests()[0], StartsWith("GET /a/../b/./c HTTP/1.1\r\n"));
}

TEST_F(HttpClientTest, SendsABodyWithItsLengthAndWithoutWaiting) {
  TestServer server(Ok200);
  const std::string body(2 << 20, 'x');  // libcurl would ask "Expect: 100-continue" for so much
  ASSERT_THAT(Send(Post(server.Url("/"), body)), IsOk());
  const std::string request = server.requests()[0];
  EXPECT_THAT(request.substr(0, 300),
              AllOf(StartsWith("POST / "), HasSubstr("\r\nContent-Length: 2097152\r\n"),
                    HasSubstr("\r\nContent-Type: application/json\r\n"), Not(HasSubstr("Expect"))));
  EXPECT_EQ(request.substr(request.size() - body.size()), body);
}

TEST_F(HttpClientTest, SendsEmptyBodiesAndOtherMethods) {
  TestServer server(Ok200);
  ASSERT_THAT(Send(Post(server.Url("/"), "")), IsOk());
  HttpCall call = Get(server.Url("/x"));
  call.method = "DELETE";
  call.headers = {{"X-Empty", ""}};
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_THAT(server.requests()[0], HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(server.requests()[1], AllOf(StartsWith("DELETE /x "), HasSubstr("\r\nX-Empty:\r\n")));
}

TEST_F(HttpClientTest, HeadHasNoBodyThoughALengthIsSaid) {
  TestServer server([](int, const std::string&) { return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"}; });
  HttpCall call = Get(server.Url("/x"));
  call.method = "HEAD";
  const auto reply = Send(call);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply->Header("content-length"), "99");
  EXPECT_EQ(reply->body, "");
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", "x"); });
  HttpClient client(options_);
  for (int i = 0; i < 5; ++i) ASSERT_THAT(client.Send(Get(server.Url("/"))), IsOk());
  EXPECT_EQ(server.requests().size(), 5u);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, StreamsAPartOfAFile) {
  const TempDir folder;
  ASSERT_THAT(WriteFile(folder / "f", "0123456789"), IsOk());
  TestServer server(Ok200);
  HttpCall call{.method = "PUT", .url = server.Url("/"), .upload = folder / "f", .upload_offset = 3, .upload_bytes = 4};
  ASSERT_THAT(Send(call), IsOk());
  call.upload_bytes = UINT64_MAX;
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_THAT(server.requests()[0], AllOf(HasSubstr("\r\nContent-Length: 4\r\n"), testing::EndsWith("\r\n\r\n3456")));
  EXPECT_THAT(server.requests()[1], testing::EndsWith("\r\n\r\n3456789"));
}

TEST_F(HttpClientTest, SendsAFileAgainFromItsStart) {
  const TempDir folder;
  ASSERT_THAT(WriteFile(folder / "f", "0123456789"), IsOk());
  TestServer server([](int n, const std::string&) {
    return n == 0 ? Reply{MakeReply("500 Oops", "")} : Reply{MakeReply("200 OK", "")};
  });
  HttpCall call{.method = "PUT", .url = server.Url("/"), .upload = folder / "f"};
  ASSERT_THAT(Send(call), IsOk());
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[0], server.requests()[1]);
  EXPECT_THAT(server.requests()[1], testing::EndsWith("\r\n\r\n0123456789"));
}

TEST_F(HttpClientTest, SaysWhichFileCannotBeSent) {
  HttpCall call{.method = "PUT", .url = "http://127.0.0.1:1/", .upload = "/no/such/file"};
  EXPECT_THAT(Send(call), IsError(ErrorCode::kNotFound, HasSubstr("cannot read /no/such/file: No such file")));
}

TEST_F(HttpClientTest, RefusesInjectionAndNeverShowsValues) {
  HttpCall call = Get("http://127.0.0.1:1/");
  call.headers = {{"X-A", "secret\r\nX-B: 1"}};
  EXPECT_THAT(Send(call),
              IsError(ErrorCode::kInvalidArgument, "the HTTP header 'X-A' has a line break or control character"));
  call.headers = {{"X-A: 1\r\nX-B", "1"}};
  EXPECT_THAT(Send(call), IsError(ErrorCode::kInvalidArgument, HasSubstr("name must be a word")));
  call = Get("http://127.0.0.1:1/a b");
  EXPECT_THAT(Send(call), IsError(ErrorCode::kInvalidArgument, HasSubstr("space or control character")));
  call = Get("http://127.0.0.1:1/");
  call.method = "GET / HTTP/1.1\r\nX:";
  EXPECT_THAT(Send(call), IsError(ErrorCode::kInvalidArgument, HasSubstr("method must be a word")));
  EXPECT_THAT(Send(Get("file:///etc/passwd")), IsError(ErrorCode::kInvalidArgument, HasSubstr("not an http://")));
}

TEST_F(HttpClientTest, MessagesHoldNoSecrets) {
  options_.retry.attempts = 1;
  HttpCall call = Get("http://user:pass-word@127.0.0.1:1/a?token=tok");
  call.headers = {{"Authorization", "Bearer key"}};
  const auto reply = Send(call);
  EXPECT_THAT(reply, IsError(ErrorCode::kUnavailable,
                             AllOf(StartsWith("GET http://127.0.0.1:1/a: "), testing::EndsWith(" after 1 attempt"))));
  for (const char* secret : {"user", "pass-word", "tok", "key"}) {
    EXPECT_THAT(reply.error().message, Not(HasSubstr(secret)));
  }
}

TEST_F(HttpClientTest, KeepsNoMoreThanAllowed) {
  options_.max_reply_bytes = 4;
  TestServer server([](int n, const std::string&) {
    return n == 0 ? Reply{MakeReply("200 OK", "hello")} : Reply{"HTTP/1.1 200 OK\r\n\r\nhello"};
  });
  const auto matches = IsError(ErrorCode::kResourceExhausted, HasSubstr("larger than the allowed 4 B"));
  EXPECT_THAT(Send(Get(server.Url("/"))), matches);  // by its Content-Length
  EXPECT_THAT(Send(Get(server.Url("/"))), matches);  // by what comes
}

TEST_F(HttpClientTest, HandsASuccessToTheSinkAndKeepsOtherBodies) {
  TestServer server([](int n, const std::string&) {
    return n == 1 ? Reply{MakeReply("404 Not Found", "<why/>")} : Reply{MakeReply("200 OK", n == 0 ? "data" : "")};
  });
  std::string got = "none";
  const HttpBodySink sink = [&](std::string_view bytes, bool restart) {
    if (restart) got.clear();
    got += bytes;
    return Ok();
  };
  EXPECT_EQ(Send(Get(server.Url("/")), sink)->body, "");
  EXPECT_EQ(got, "data");
  EXPECT_EQ(Send(Get(server.Url("/")), sink)->body, "<why/>");
  EXPECT_EQ(got, "data");
  EXPECT_EQ(Send(Get(server.Url("/")), sink)->status, 200);
  EXPECT_EQ(got, "");
}

TEST_F(HttpClientTest, EndsWithTheSinksError) {
  TestServer server(Ok200);
  const auto refuse = [](std::string_view, bool) -> Status { return DataCorrupt("not what was asked for"); };
  EXPECT_THAT(Send(Get(server.Url("/")), refuse), IsError(ErrorCode::kDataCorrupt, "not what was asked for"));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpClientTest, FollowsRedirectsAndLeavesCredentialsBehind) {
  TestServer other(Ok200);
  TestServer server([&](int n, const std::string&) {
    return Reply{MakeReply("302 Found", "", "Location: " + (n == 0 ? std::string("/b") : other.Url("/c")) + "\r\n")};
  });
  HttpCall call = Get(server.Url("/a"));
  call.headers = {{"Authorization", "Bearer key"}, {"X-Other", "1"}};
  EXPECT_EQ(Send(call)->body, "hello");
  EXPECT_THAT(server.requests()[1], AllOf(StartsWith("GET /b "), HasSubstr("Authorization: Bearer key")));
  EXPECT_THAT(other.requests()[0], AllOf(StartsWith("GET /c "), HasSubstr("X-Other: 1"), Not(HasSubstr("key"))));
}

TEST_F(HttpClientTest, GivesARedirectOfAnythingElseAsItIs) {
  TestServer server([](int, const std::string&) { return Reply{MakeReply("307 Moved", "", "Location: /b\r\n")}; });
  EXPECT_EQ(Send(Post(server.Url("/"), "x"))->status, 307);
  options_.follow_redirects = false;
  EXPECT_EQ(Send(Get(server.Url("/")))->status, 307);
}

TEST_F(HttpClientTest, EndsARedirectLoop) {
  TestServer server([](int, const std::string&) { return Reply{MakeReply("302 Found", "", "Location: /\r\n")}; });
  EXPECT_THAT(Send(Get(server.Url("/"))), IsError(ErrorCode::kUnavailable, HasSubstr("more than 5 redirects")));
}

TEST_F(HttpClientTest, ReportsACertificateFileThatIsNone) {
  options_.ca_file = "/no/such/file.pem";
  EXPECT_THAT(Send(Get("https://127.0.0.1:1/")), IsError(ErrorCode::kUnavailable, HasSubstr("https://127.0.0.1:1/")));
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(PercentEncode("a b/c+d=é%"), "a%20b%2Fc%2Bd%3D%C3%A9%25");
  EXPECT_EQ(PercentEncode("a b/c", true), "a%20b/c");
}

TEST_F(HttpClientTest, ProbesConnectionsThatAreIdle) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", ""); });
  options_.keepalive = {true, std::chrono::seconds(61), std::chrono::seconds(7), 5};
  HttpClient client(options_);
  ASSERT_THAT(client.Send(Get(server.Url("/"))), IsOk());
  EXPECT_EQ(OptionOfConnections(server, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(OptionOfConnections(server, IPPROTO_TCP, TCP_KEEPIDLE), 61);
  EXPECT_EQ(OptionOfConnections(server, IPPROTO_TCP, TCP_KEEPINTVL), 7);
  EXPECT_EQ(OptionOfConnections(server, IPPROTO_TCP, TCP_KEEPCNT), 5);
}

TEST_F(HttpClientTest, LeavesIdleConnectionsAloneIfAsked) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", ""); });
  options_.keepalive.enabled = false;
  HttpClient client(options_);
  ASSERT_THAT(client.Send(Get(server.Url("/"))), IsOk());
  EXPECT_EQ(OptionOfConnections(server, SOL_SOCKET, SO_KEEPALIVE), 0);
}

}  // namespace
}  // namespace valence::net
