// SPDX-License-Identifier: Apache-2.0
#include "rest_artifacts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "rest_test_support.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"

namespace valence::tracking::internal {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RestArtifactsTest : public testing::Test {
 protected:
  RestArtifacts Open(RestOptions options) {
    Result<std::shared_ptr<RestClient>> client = RestClient::Make(std::move(options));
    EXPECT_THAT(client, IsOk());
    return RestArtifacts(*client);
  }
  std::filesystem::path MakeFile(const std::string& bytes) {
    EXPECT_THAT(WriteFile(folder_ / "file", bytes), IsOk());
    return folder_ / "file";
  }
  TempDir folder_;
};

constexpr char kRoot[] = "mlflow-artifacts:/1/run/artifacts";

TEST(ResolveProxyRoot, KeepsThePrefixAndTakesTheRootsHost) {
  const auto server = ParseServerUri("https://me:pw@host:8443/team/mlflow/");
  ASSERT_THAT(server, IsOk());
  EXPECT_EQ(ResolveProxyRoot(*server, "mlflow-artifacts:/1/a b").FileUrl("x/ü"),
            "https://host:8443/team/mlflow/api/2.0/mlflow-artifacts/artifacts/1/a%20b/x/%C3%BC");
  EXPECT_EQ(ResolveProxyRoot(*server, "mlflow-artifacts://files:9/1").FileUrl("x"),
            "https://files:9/team/mlflow/api/2.0/mlflow-artifacts/artifacts/1/x");
  EXPECT_EQ(ResolveProxyRoot(*server, "mlflow-artifacts:///1").FileUrl("x"),
            "https://host:8443/team/mlflow/api/2.0/mlflow-artifacts/artifacts/1/x");
}

TEST_F(RestArtifactsTest, PutsAFileAsItIs) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", ""); });
  EXPECT_THAT(Open(FastOptions(server.Url("/p"))).Upload(kRoot, "a b/report.html", MakeFile("<p>")), IsOk());
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_THAT(server.requests()[0],
              AllOf(HasSubstr("PUT /p/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/a%20b/report.html HTTP/1.1"),
                    HasSubstr("Content-Type: text/html\r\n"), HasSubstr("\r\n\r\n<p>")));
}

TEST_F(RestArtifactsTest, RefusesPathsThatLeaveTheRoot) {
  RestArtifacts artifacts = Open(FastOptions("http://127.0.0.1:1"));
  for (const char* path : {"../x", "/x", "a//b", "a/../b", ""}) {
    EXPECT_THAT(artifacts.Upload(kRoot, path, MakeFile("x")), IsError(ErrorCode::kInvalidArgument, HasSubstr(path)));
  }
}

TEST_F(RestArtifactsTest, ListsPathsRelativeToTheRoot) {
  TestServer server([](int, const std::string&) {
    return JsonReply(R"({"files":[{"path":"x.txt","is_dir":false,"file_size":"12"},{"path":"sub","is_dir":true}]})");
  });
  const auto entries = Open(FastOptions(server.Url(""))).List(kRoot, "model");
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].path, "model/x.txt");
  EXPECT_EQ((*entries)[0].bytes, 12u);
  EXPECT_TRUE((*entries)[1].is_folder);
  EXPECT_THAT(server.requests()[0], HasSubstr("artifacts?path=1%2Frun%2Fartifacts%2Fmodel "));
}

TEST_F(RestArtifactsTest, DownloadsWholeFilesOnly) {
  TestServer server([](int n, const std::string&) {
    if (n == 0) return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"};  // then the connection ends
    return MakeKeptReply("200 OK", "hello");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).Download(kRoot, "x", folder_ / "x"), IsOk());
  EXPECT_THAT(ReadFile(folder_ / "x"), IsOkAndHolds("hello"));
}

TEST_F(RestArtifactsTest, SaysThatAnArtifactIsNotThere) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("404 Not Found", "<html>"); });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).Download(kRoot, "x", folder_ / "x"),
              IsError(ErrorCode::kNotFound, HasSubstr("downloading x")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
}

RestOptions InParts(const TestServer& server) {
  RestOptions options = FastOptions(server.Url(""));
  options.username = "me";
  options.password = "pw";
  options.multipart = true;
  options.multipart_minimum = 4;
  options.multipart_chunk = 4;
  return options;
}

TEST_F(RestArtifactsTest, SendsBigFilesInPartsWithoutOurCredentials) {
  std::string origin;
  TestServer server([&](int, const std::string& request) {
    const std::string line = RequestLine(request);
    if (line.find("mpu/create") != std::string::npos) {
      return JsonReply(R"({"upload_id":"u","credentials":[{"url":")" + origin +
                       R"(/one","part_number":1,"headers":{"x-amz":"1"}},{"url":")" + origin +
                       R"(/two","part_number":2,"headers":{}}]})");
    }
    if (line.starts_with("PUT")) return MakeKeptReply("200 OK", "", "ETag: \"" + line.substr(5) + "\"\r\n");
    return JsonReply("{}");
  });
  origin = server.Url("");
  EXPECT_THAT(Open(InParts(server)).Upload(kRoot, "d/x.bin", MakeFile("abcdef")), IsOk());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_THAT(requests[0], AllOf(HasSubstr("/mlflow-artifacts/mpu/create/1/run/artifacts/d "),
                                 HasSubstr(R"({"path":"x.bin","num_parts":2})")));
  EXPECT_THAT(requests[1],
              AllOf(HasSubstr("x-amz: 1\r\n"), HasSubstr("\r\n\r\nabcd"), Not(HasSubstr("Authorization"))));
  EXPECT_THAT(requests[2], HasSubstr("\r\n\r\nef"));
  EXPECT_THAT(requests[3], AllOf(HasSubstr("/mpu/complete/"), HasSubstr(R"("part_number":2,"etag":"\"two\"")")));
}

TEST_F(RestArtifactsTest, SendsTheFileWholeWhereTheStorageHasNoParts) {
  TestServer server([](int, const std::string& request) {
    if (RequestLine(request).starts_with("PUT")) return MakeKeptReply("200 OK", "");
    return ErrorReply("501 Not Implemented", "NOT_IMPLEMENTED", "no multipart");
  });
  EXPECT_THAT(Open(InParts(server)).Upload(kRoot, "x.bin", MakeFile("abcdef")), IsOk());
  EXPECT_THAT(server.requests().back(), HasSubstr("\r\n\r\nabcdef"));
}

TEST_F(RestArtifactsTest, AbortsAnUploadInPartsThatFails) {
  std::string origin;
  TestServer server([&](int, const std::string& request) {
    if (RequestLine(request).find("create") != std::string::npos) {
      return JsonReply(R"({"upload_id":"u","credentials":[{"url":")" + origin + R"(/1","part_number":1},{"url":")" +
                       origin + R"(/2","part_number":2}]})");
    }
    return RequestLine(request).starts_with("PUT") ? MakeKeptReply("403 Forbidden", "expired") : JsonReply("{}");
  });
  origin = server.Url("");
  EXPECT_THAT(Open(InParts(server)).Upload(kRoot, "x.bin", MakeFile("abcdef")),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("expired")));
  EXPECT_THAT(server.requests().back(), HasSubstr("/mpu/abort/"));
}

/// Keeps what it is given.
class FakeObjects : public ObjectStore {
 public:
  Status Upload(const std::string& uri, const std::filesystem::path& file) override {
    VALENCE_TRY(kept[uri], ReadFile(file));
    return Ok();
  }
  Result<std::vector<ArtifactEntry>> List(const std::string&) override {
    return std::vector<ArtifactEntry>{{"x", false, 1}};
  }
  Status Download(const std::string& uri, const std::filesystem::path& file) override {
    return WriteFile(file, kept[uri]);
  }
  std::map<std::string, std::string> kept;
};

TEST_F(RestArtifactsTest, HandsObjectStoresTheirUris) {
  RestOptions options = FastOptions("http://127.0.0.1:1");
  const auto objects = std::make_shared<FakeObjects>();
  options.open_objects = [&]() -> Result<std::shared_ptr<ObjectStore>> {
    return std::shared_ptr<ObjectStore>(objects);
  };
  RestArtifacts artifacts = Open(options);
  EXPECT_THAT(artifacts.Upload("s3://bucket/a/", "b/x", MakeFile("hi")), IsOk());
  EXPECT_EQ(objects->kept["s3://bucket/a/b/x"], "hi");
  EXPECT_THAT(artifacts.Download("s3://bucket/a", "b/x", folder_ / "y"), IsOk());
  EXPECT_THAT(ReadFile(folder_ / "y"), IsOkAndHolds("hi"));
  const auto entries = artifacts.List("s3://bucket/a", "b");
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(entries->front().path, "b/x");
}

TEST_F(RestArtifactsTest, NamesTheRootsItCannotReach) {
  RestArtifacts artifacts = Open(FastOptions("http://127.0.0.1:1"));
  EXPECT_THAT(artifacts.Upload("gs://bucket/a", "x", MakeFile("hi")),
              IsError(ErrorCode::kUnimplemented, HasSubstr("gs:// is not supported")));
  EXPECT_THAT(artifacts.Upload("s3://bucket/a", "x", MakeFile("hi")),
              IsError(ErrorCode::kUnimplemented, HasSubstr("no client for object stores")));
}

TEST_F(RestArtifactsTest, CopiesToRootsOnThisMachine) {
  RestArtifacts artifacts = Open(FastOptions("http://127.0.0.1:1"));
  const std::string root = "file://" + (folder_ / "a%20b").string();
  EXPECT_THAT(artifacts.Upload(root, "sub/x", MakeFile("hi")), IsOk());
  EXPECT_THAT(ReadFile(folder_ / "a b/sub/x"), IsOkAndHolds("hi"));
  const auto entries = artifacts.List(root, "");
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(entries->front().path, "sub");
  EXPECT_TRUE(entries->front().is_folder);
}

}  // namespace
}  // namespace valence::tracking::internal
