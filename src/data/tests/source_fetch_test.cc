// SPDX-License-Identifier: Apache-2.0
#include "source_fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "support/test_server.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"

namespace valence::data::internal {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class FetchSourceTest : public testing::Test {
 protected:
  FetchSourceTest() {
    config_.cache_dir = folder_ / "cache";
    ::setenv("no_proxy", "127.0.0.1", 1);
  }
  TempDir folder_;
  IngestConfig config_;
};

TEST_F(FetchSourceTest, DownloadsAnUrlOnceIntoTheCache) {
  TestServer server([](int, const std::string&) { return Reply{MakeReply("200 OK", "text,label\n")}; });
  config_.source = server.Url("/a/b%20c.csv?x=1");
  const auto first = FetchSource(config_, &Progress::None());
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->path.filename().string(), Sha256Hex(config_.source) + "-b_20c.csv");
  EXPECT_EQ(first->sha256, Sha256Hex("text,label\n"));
  EXPECT_THAT(FetchSource(config_, &Progress::None()), IsOk());
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(FetchSourceTest, FetchesAgainWhenTheCacheHasAnotherDigest) {
  TestServer server([](int n, const std::string&) { return Reply{MakeReply("200 OK", n == 0 ? "old" : "new")}; });
  config_.source = server.Url("/a.csv");
  ASSERT_THAT(FetchSource(config_, &Progress::None()), IsOk());
  config_.sha256 = Sha256Hex("new");
  const auto got = FetchSource(config_, &Progress::None());
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(ReadFile(got->path), IsOkAndHolds("new"));
}

/// Puts a program named npm before all others, which does what `script` says.
class FakeNpm : public FetchSourceTest {
 protected:
  FakeNpm() : path_(::getenv("PATH")) {}
  ~FakeNpm() override { ::setenv("PATH", path_.c_str(), 1); }

  void Install(const std::string& script) {
    const std::filesystem::path npm = folder_ / "bin/npm";
    ASSERT_THAT(WriteFile(npm, "#!/bin/sh\necho \"$@\" >> " + (folder_ / "calls").string() + "\n" + script), IsOk());
    std::filesystem::permissions(npm, std::filesystem::perms::owner_all);
    ::setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
  }
  std::string path_;
};

TEST_F(FakeNpm, ShowsNpmsOutputAfterThreeAttempts) {
  Install("echo no network >&2; exit 1\n");
  EXPECT_THAT(FetchSample(folder_ / "cache", &Progress::None()),
              IsError(ErrorCode::kUnavailable, HasSubstr("exit code 1:\nno network")));
  const std::string calls = ReadFile(folder_ / "calls").value();
  EXPECT_THAT(calls, HasSubstr("pack sentiment@5.0.2 --pack-destination "));
  EXPECT_EQ(std::count(calls.begin(), calls.end(), '\n'), 3);
}

TEST_F(FakeNpm, RefusesAPackageWithAnotherDigest) {
  Install("echo evil > \"$4/sentiment-5.0.2.tgz\"\n");
  EXPECT_THAT(FetchSample(folder_ / "cache", &Progress::None()),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("expected sha512-ZeC3y0Js")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "cache"));
}

TEST_F(FakeNpm, FetchesAgainWhenTheCachedFileIsBroken) {
  Install("exit 1\n");
  ASSERT_THAT(WriteFile(folder_ / "cache/sentiment-5.0.2.tgz", "broken"), IsOk());
  EXPECT_THAT(FetchSample(folder_ / "cache", &Progress::None()),
              IsError(ErrorCode::kUnavailable, HasSubstr("npm pack")));
}

TEST_F(FakeNpm, SaysWhatToDoWithoutNpm) {
  ::setenv("PATH", (folder_ / "empty").c_str(), 1);
  EXPECT_THAT(FetchSample(folder_ / "cache", &Progress::None()),
              IsError(ErrorCode::kNotFound, HasSubstr("apt-get install npm")));
}

}  // namespace
}  // namespace valence::data::internal
