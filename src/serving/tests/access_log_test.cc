// SPDX-License-Identifier: Apache-2.0
#include "guard/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/base/json.h"

namespace valence::serving {
namespace {

using ::testing::MatchesRegex;

class AccessLogTest : public ::testing::Test {
 protected:
  RequestIdentity Identity() {
    net::HttpRequest request;
    request.header = [](std::string_view name) { return name == "X-Request-Id" ? "r-1" : std::string_view(); };
    IdSource ids;
    RequestIdentity identity;
    identity.Read(request, true, &ids);
    return identity;
  }
  std::string Read() { return ReadFile(path_).value(); }

  TempDir folder_;
  std::string path_ = (folder_ / "access.jsonl").string();
  RequestIdentity identity_ = Identity();
};

TEST_F(AccessLogTest, WritesOneObjectALine) {
  {
    const auto log = AccessLog::Open({.file = path_}, 1).value();
    log->Write(0, {.identity = identity_,
                   .client = "::1",
                   .key = "ci",
                   .method = "PO\"ST",
                   .route = "/predict",
                   .model = "m",
                   .model_version = "sha256:ab",
                   .status = 413,
                   .received_bytes = 7,
                   .sent_bytes = 90,
                   .seconds = 0.25});
  }
  const std::string text = Read();
  EXPECT_EQ(text.back(), '\n');
  const auto line = Json::Parse(text).value();
  EXPECT_THAT(line.Find("time")->string(), MatchesRegex("20..-..-..T..:..:..[.]......Z"));
  EXPECT_EQ(line.Find("request_id")->string(), "r-1");
  EXPECT_EQ(line.Find("trace_id")->string(), identity_.trace_id());
  EXPECT_EQ(line.Find("span_id")->string(), identity_.span_id());
  EXPECT_EQ(line.Find("parent_id"), nullptr);
  EXPECT_EQ(line.Find("client")->string(), "::1");
  EXPECT_EQ(line.Find("key")->string(), "ci");
  EXPECT_EQ(line.Find("method")->string(), "PO\"ST");
  EXPECT_EQ(line.Find("route")->string(), "/predict");
  EXPECT_EQ(line.Find("model")->string(), "m");
  EXPECT_EQ(line.Find("model_version")->string(), "sha256:ab");
  EXPECT_EQ(line.Find("status")->integer(), 413);
  EXPECT_EQ(line.Find("received_bytes")->integer(), 7);
  EXPECT_EQ(line.Find("sent_bytes")->integer(), 90);
  EXPECT_EQ(line.Find("duration_seconds")->number(), 0.25);
  EXPECT_EQ(line.Find("texts"), nullptr);
}

TEST_F(AccessLogTest, AppendsToWhatIsThereAndIsNotForEveryonesEyes) {
  for (int i = 0; i < 2; ++i) LineSink::Open(path_, 1).value()->Append(0, "line\n");
  EXPECT_EQ(Read(), "line\nline\n");
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007, 0u);
}

TEST_F(AccessLogTest, GoesOnInANewFileOnceTheOldOneIsMovedAway) {
  const std::string old = path_ + ".1";
  {
    const auto sink = LineSink::Open(path_, 1).value();
    sink->Append(0, "first\n");
    while (std::filesystem::file_size(path_) == 0) std::this_thread::yield();
    std::filesystem::rename(path_, old);
    sink->Reopen();
    while (!std::filesystem::exists(path_)) std::this_thread::yield();
    sink->Append(0, "second\n");
  }
  EXPECT_EQ(ReadFile(old).value(), "first\n");
  EXPECT_EQ(Read(), "second\n");
}

TEST_F(AccessLogTest, CountsWhatAFullLaneDrops) {
  const auto sink = LineSink::Open(path_, 1).value();
  sink->Append(0, std::string(2u << 20, 'x'));
  EXPECT_EQ(sink->dropped(), 1u);
}

TEST_F(AccessLogTest, CountsWhatADiskDoesNotTake) {
  const auto sink = LineSink::Open("/dev/full", 1).value();
  sink->Append(0, "a\nb\n");
  while (sink->dropped() < 2) std::this_thread::yield();
}

TEST_F(AccessLogTest, NamesAFileThatCannotBeMade) {
  const auto failed = LineSink::Open((folder_ / "no/such/file").string(), 1);
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().message, ::testing::HasSubstr("no/such/file: No such file or directory"));
}

}  // namespace
}  // namespace valence::serving
