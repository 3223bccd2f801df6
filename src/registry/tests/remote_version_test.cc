// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_server.h"
#include "valence/registry/model_source.h"

namespace valence::registry {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Result<std::string> VersionAt(const TestServer& server) {
  return RemoteVersion(ParseModelUri(server.Url("/model.safetensors")).value());
}

Result<std::string> VersionWith(const std::string& headers, const std::string& status = "200 OK") {
  const TestServer server([&](int, const std::string&) { return Reply{MakeReply(status, "", headers)}; });
  return VersionAt(server);
}

TEST(RemoteVersion, IsTheETag) {
  EXPECT_EQ(VersionWith("ETag: \"a1\"\r\nLast-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n").value(), "\"a1\"");
}

TEST(RemoteVersion, OfAServerWithoutETagsIsTimeAndLength) {
  EXPECT_THAT(VersionWith("Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n").value(),
              StartsWith("Mon, 02 Nov 2026 10:00:00 GMT "));
}

TEST(RemoteVersion, IsAskedForWithoutTheModel) {
  const TestServer server([](int, const std::string&) { return Reply{MakeReply("200 OK", "", "ETag: \"a\"\r\n")}; });
  ASSERT_TRUE(VersionAt(server));
  EXPECT_THAT(server.requests().front(), StartsWith("HEAD /model.safetensors "));
}

TEST(RemoteVersion, SaysWhyThereIsNone) {
  EXPECT_THAT(VersionWith("").error().message, HasSubstr("neither ETag nor Last-Modified"));
  EXPECT_EQ(VersionWith("", "404 Not Found").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(VersionWith("", "405 Method Not Allowed").error().message, HasSubstr("HTTP 405"));
}

}  // namespace
}  // namespace valence::registry
