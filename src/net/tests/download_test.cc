// SPDX-License-Identifier: Apache-2.0
#include "valence/net/download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/test_server.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"

namespace valence::net {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Body() {
  std::string body;
  for (int i = 0; body.size() < 300000; ++i) body += std::to_string(i) + "\n";
  return body;
}

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() {
    std::string name = (std::filesystem::temp_directory_path() / "valence-download-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    options_.first_pause = std::chrono::milliseconds(1);
    options_.attempts = 3;
    ::setenv("no_proxy", "127.0.0.1", 1);  // the machine may have a proxy; the test server is not behind it
  }
  ~DownloadTest() override { std::filesystem::remove_all(folder_); }

  Status Fetch(const std::string& url) { return Download(url, path(), options_, Progress::None()); }
  std::filesystem::path path() const { return folder_ / "file"; }
  bool PartExists() const { return std::filesystem::exists(folder_ / "file.part"); }

  std::filesystem::path folder_;
  DownloadOptions options_;
  std::string body_ = Body();
};

TEST_F(DownloadTest, StoresTheBodyAndLeavesNoPart) {
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("200 OK", body_)}; });
  options_.sha256 = Sha256Hex(body_);
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_FALSE(PartExists());
  EXPECT_THAT(server.requests()[0], Not(HasSubstr("Range:")));
}

TEST_F(DownloadTest, StoresAnEmptyBody) {
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("200 OK", "")}; });
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), "");
}

/// Sends the first 100,000 bytes and drops the connection; then what `rest` makes.
TestServer::Script DropOnce(const std::string& body, const std::string& headers, TestServer::Script rest) {
  return [=](int n, const std::string& head) {
    if (n > 0) return rest(n, head);
    std::string reply = MakeReply("200 OK", body, headers);
    return Reply{reply.substr(0, reply.size() - body.size() + 100000)};
  };
}

TEST_F(DownloadTest, ResumesADroppedTransferByRange) {
  TestServer server(DropOnce(body_, "ETag: \"v1\"\r\n", [&](int, const std::string&) {
    return Reply{MakeReply("206 Partial Content", body_.substr(100000),
                           "Content-Range: bytes 100000-" + std::to_string(body_.size() - 1) + "/" +
                               std::to_string(body_.size()) + "\r\n")};
  }));
  options_.sha256 = Sha256Hex(body_);
  const Status got = Fetch(server.Url("/a"));
  ASSERT_TRUE(got.has_value()) << got.error().message;
  EXPECT_EQ(ReadFile(path()).value(), body_);
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(server.requests()[1], HasSubstr("Range: bytes=100000-\r\nIf-Range: \"v1\"\r\n"));
}

TEST_F(DownloadTest, StartsAgainWhenTheServerKnowsNoRanges) {
  TestServer server(DropOnce(body_, "Last-Modified: Tue, 01 Jul 2025 10:00:00 GMT\r\n",
                             [&](int, const std::string&) { return Reply{MakeReply("200 OK", body_)}; }));
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_THAT(server.requests()[1], HasSubstr("If-Range: Tue, 01 Jul 2025 10:00:00 GMT\r\n"));
}

TEST_F(DownloadTest, AsksForAllWhenNothingValidatesThePart) {
  TestServer server(DropOnce(body_, "ETag: W/\"weak\"\r\n",
                             [&](int, const std::string&) { return Reply{MakeReply("200 OK", body_)}; }));
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_THAT(server.requests()[1], Not(HasSubstr("Range:")));
}

TEST_F(DownloadTest, ResumesInALaterCall) {
  options_.attempts = 1;
  TestServer server(DropOnce(body_, "ETag: \"v1\"\r\n", [&](int, const std::string&) {
    return Reply{MakeReply("206 Partial Content", body_.substr(100000), "Content-Range: bytes 100000-/\r\n")};
  }));
  const Status first = Fetch(server.Url("/a"));
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(first.error().message, HasSubstr("100.0 KB received so far"));
  EXPECT_TRUE(PartExists());
  EXPECT_FALSE(std::filesystem::exists(path()));
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
}

TEST_F(DownloadTest, RefetchesWholeWhenTheResumedBytesDoNotBelongTogether) {
  options_.sha256 = Sha256Hex(body_);
  options_.attempts = 1;
  TestServer server(DropOnce(std::string(body_.size(), 'x'), "ETag: \"v1\"\r\n", [&](int n, const std::string&) {
    if (n > 1) return Reply{MakeReply("200 OK", body_)};
    return Reply{MakeReply("206 Partial Content", body_.substr(100000), "Content-Range: bytes 100000-/\r\n")};
  }));
  EXPECT_FALSE(Fetch(server.Url("/a")).has_value());
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(DownloadTest, TakesAPartThatIsAlreadyWhole) {
  options_.attempts = 1;
  // A server that closes without having announced a length it keeps: the part is whole, the first call cannot know.
  TestServer server([&](int n, const std::string&) {
    if (n > 0) return Reply{MakeReply("416 Range Not Satisfiable", "", "Content-Range: bytes */5\r\n")};
    return Reply{"HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 6\r\nConnection: close\r\n\r\nwhole"};
  });
  EXPECT_FALSE(Fetch(server.Url("/a")).has_value());
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), "whole");
}

TEST_F(DownloadTest, RetriesServerErrors) {
  TestServer server([&](int n, const std::string&) {
    return Reply{n < 2 ? MakeReply("503 Service Unavailable", "busy") : MakeReply("200 OK", body_)};
  });
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(DownloadTest, GivesUpAfterTheAttemptsAndSaysWhatFailed) {
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("500 Oops", "")}; });
  const Status got = Fetch(server.Url("/a?token=secret"));
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got.error().message, HasSubstr("/a: the server answered HTTP 500 after 3 attempts"));
  EXPECT_THAT(got.error().message, Not(HasSubstr("secret")));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(DownloadTest, DoesNotRepeatAClientError) {
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("404 Not Found", "no")}; });
  const Status got = Fetch(server.Url("/a"));
  ASSERT_FALSE(got.has_value());
  EXPECT_THAT(got.error().message, HasSubstr("HTTP 404"));
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(DownloadTest, FollowsRedirects) {
  TestServer server([&](int n, const std::string&) {
    return Reply{n < 5 ? MakeReply("302 Found", "moved", "Location: /hop" + std::to_string(n) + "\r\n")
                       : MakeReply("200 OK", body_)};
  });
  ASSERT_TRUE(Fetch(server.Url("/a")).has_value());
  EXPECT_EQ(ReadFile(path()).value(), body_);
  EXPECT_THAT(server.requests()[5], HasSubstr("GET /hop4 HTTP/1.1"));
}

TEST_F(DownloadTest, StopsAtTheSixthRedirect) {
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("302 Found", "", "Location: /a\r\n")}; });
  const Status got = Fetch(server.Url("/a"));
  ASSERT_FALSE(got.has_value());
  EXPECT_THAT(got.error().message, HasSubstr("more than 5 redirects"));
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST_F(DownloadTest, RefusesARedirectToAFile) {
  TestServer server(
      [&](int, const std::string&) { return Reply{MakeReply("302 Found", "", "Location: file:///etc/passwd\r\n")}; });
  const Status got = Fetch(server.Url("/a"));
  ASSERT_FALSE(got.has_value());
  EXPECT_THAT(got.error().message, HasSubstr("not http or https"));
}

TEST_F(DownloadTest, RejectsAWrongDigestAndKeepsTheOldFile) {
  ASSERT_TRUE(WriteFile(path(), "old").has_value());
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("200 OK", "new")}; });
  options_.sha256 = Sha256Hex("other");
  const Status got = Fetch(server.Url("/a"));
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kDataCorrupt);
  EXPECT_THAT(got.error().message, HasSubstr(Sha256Hex("new")));
  EXPECT_EQ(ReadFile(path()).value(), "old");
  EXPECT_FALSE(PartExists());
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(DownloadTest, GivesUpOnAStalledTransfer) {
  options_.stall_timeout = std::chrono::seconds(1);
  options_.attempts = 1;
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("200 OK", body_).substr(0, 2000), true}; });
  const Status got = Fetch(server.Url("/a"));
  ASSERT_FALSE(got.has_value());
  EXPECT_THAT(got.error().message, HasSubstr("Operation too slow"));
}

TEST_F(DownloadTest, EnforcesTheSizeLimitWithAndWithoutALength) {
  options_.max_bytes = 1000;
  TestServer server([&](int n, const std::string&) {
    return Reply{n == 0 ? MakeReply("200 OK", body_) : "HTTP/1.0 200 OK\r\n\r\n" + body_};
  });
  for (int i = 0; i < 2; ++i) {
    const Status got = Fetch(server.Url("/a"));
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code, ErrorCode::kResourceExhausted);
    EXPECT_THAT(got.error().message, HasSubstr("more than the allowed 1.0 KB"));
  }
}

TEST_F(DownloadTest, TellsProgress) {
  class Recorder : public Progress {
   public:
    void Start(std::string_view activity, std::uint64_t total, std::string_view unit) override {
      started = std::string(activity) + "/" + std::to_string(total) + "/" + std::string(unit);
    }
    void Advance(std::uint64_t amount) override { advanced += amount; }
    std::string started;
    std::uint64_t advanced = 0;
  } progress;
  TestServer server([&](int, const std::string&) { return Reply{MakeReply("200 OK", body_)}; });
  ASSERT_TRUE(Download(server.Url("/data.csv"), path(), options_, progress).has_value());
  EXPECT_EQ(progress.started, "download data.csv/" + std::to_string(body_.size()) + "/bytes");
  EXPECT_EQ(progress.advanced, body_.size());
}

TEST_F(DownloadTest, AcceptsOnlyHttpUrls) {
  for (const char* url : {"ftp://h/a", "file:///etc/passwd", "data.csv", ""}) {
    const Status got = Fetch(url);
    ASSERT_FALSE(got.has_value()) << url;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument) << url;
  }
}

TEST_F(DownloadTest, SaysWhenNobodyListens) {
  options_.attempts = 2;
  std::string url;
  {
    TestServer server([&](int, const std::string&) { return Reply{}; });
    url = server.Url("/a");
  }
  const Status got = Fetch(url);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got.error().message, HasSubstr("after 2 attempts"));
}

}  // namespace
}  // namespace valence::net
