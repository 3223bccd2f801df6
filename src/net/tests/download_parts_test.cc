// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "download_part.h"
#include "http_url.h"
#include "valence/base/files.h"

namespace valence::net::internal {
namespace {

TEST(CheckRedirect, NeverGoesFromHttpsToHttp) {
  EXPECT_TRUE(CheckRedirect("http://a/x", "http://b/y").has_value());
  EXPECT_TRUE(CheckRedirect("http://a/x", "https://b/y").has_value());
  EXPECT_TRUE(CheckRedirect("https://a/x", "HTTPS://b/y").has_value());
  const Status refused = CheckRedirect("https://a/x", "HTTP://b/y");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "https://a/x redirects to HTTP://b/y: refused, https must not become http");
}

TEST(CheckRedirect, RefusesOtherProtocols) {
  EXPECT_FALSE(CheckRedirect("http://a/x", "file:///etc/passwd").has_value());
  EXPECT_FALSE(CheckRedirect("http://a/x", "ftp://a/x").has_value());
}

TEST(PublicUrl, HidesUserPasswordQueryAndFragment) {
  EXPECT_EQ(PublicUrl("https://user:secret@host:8080/a/b.csv?token=1#x"), "https://host:8080/a/b.csv");
  EXPECT_EQ(PublicUrl("https://u:p@w@host"), "https://host");
  EXPECT_EQ(PublicUrl("http://host/a@b"), "http://host/a@b");
  EXPECT_EQ(PublicUrl("no url"), "no url");
}

class PartFileTest : public testing::Test {
 protected:
  PartFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "valence-part-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~PartFileTest() override { std::filesystem::remove_all(folder_); }

  /// Leaves three bytes of `url` behind, as a killed download does.
  void LeaveThreeBytes(const std::string& url, const std::string& validator) {
    Result<PartFile> part = PartFile::Open(path(), url);
    ASSERT_TRUE(part.has_value());
    ASSERT_TRUE(part->Restart(validator).has_value());
    ASSERT_TRUE(part->Append("abc").has_value());
  }
  std::filesystem::path path() const { return folder_ / "sub" / "file.bin"; }
  std::filesystem::path folder_;
};

TEST_F(PartFileTest, KeepsBytesAndValidatorForTheNextCall) {
  LeaveThreeBytes("http://h/a", "\"v1\"");
  Result<PartFile> part = PartFile::Open(path(), "http://h/a");
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->size(), 3u);
  EXPECT_EQ(part->validator(), "\"v1\"");
  ASSERT_TRUE(part->Append("def").has_value());
  ASSERT_TRUE(part->Publish().has_value());
  EXPECT_EQ(ReadFile(path()).value(), "abcdef");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "sub" / "file.bin.part.json"));
}

TEST_F(PartFileTest, DropsBytesOfAnotherUrl) {
  LeaveThreeBytes("http://h/a", "\"v1\"");
  Result<PartFile> part = PartFile::Open(path(), "http://h/b");
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->size(), 0u);
}

TEST_F(PartFileTest, DropsBytesNothingValidates) {
  LeaveThreeBytes("http://h/a", "");
  EXPECT_EQ(PartFile::Open(path(), "http://h/a")->size(), 0u);
}

TEST_F(PartFileTest, DropsBytesWhenTheStateIsNotJson) {
  LeaveThreeBytes("http://h/a", "\"v1\"");
  ASSERT_TRUE(WriteFile(folder_ / "sub" / "file.bin.part.json", "{\"url_sha256\":").has_value());
  EXPECT_EQ(PartFile::Open(path(), "http://h/a")->size(), 0u);
}

TEST_F(PartFileTest, IsLockedWhileOpen) {
  Result<PartFile> first = PartFile::Open(path(), "http://h/a");
  ASSERT_TRUE(first.has_value());
  Result<PartFile> second = PartFile::Open(path(), "http://h/a");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace valence::net::internal
