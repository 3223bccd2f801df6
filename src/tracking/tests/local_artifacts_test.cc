// SPDX-License-Identifier: Apache-2.0
#include "local_artifacts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"

namespace valence::tracking {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(FileUri, IsPercentEncodedAndReadsBack) {
  EXPECT_EQ(FileUri("/a b/ü%/c"), "file:///a%20b/%C3%BC%25/c");
  EXPECT_THAT(LocalRoot(FileUri("/a b/ü%/c"), "/base"), IsOkAndHolds(std::filesystem::path("/a b/ü%/c")));
}

TEST(LocalRoot, ReadsTheFormsThatMlflowWrites) {
  for (const char* root : {"file:///x/y", "file:/x/y", "file://localhost/x/y", "/x/y"})
    EXPECT_THAT(LocalRoot(root, "/base"), IsOkAndHolds(std::filesystem::path("/x/y"))) << root;
  EXPECT_THAT(LocalRoot("mlruns/1", "/base"), IsOkAndHolds(std::filesystem::path("/base/mlruns/1")));
  EXPECT_THAT(LocalRoot("file://other/x", "/base"), IsError(ErrorCode::kInvalidArgument, HasSubstr("'other'")));
  EXPECT_THAT(LocalRoot("file:///x%2", "/base"), IsError(ErrorCode::kInvalidArgument, HasSubstr("hexadecimal")));
  EXPECT_THAT(LocalRoot("file:///x%00y", "/base"), IsError(ErrorCode::kInvalidArgument, HasSubstr("zero byte")));
  EXPECT_FALSE(IsLocalRoot("s3://bucket/x"));
  EXPECT_FALSE(IsLocalRoot("mlflow-artifacts:/1/x"));
}

TEST(CheckArtifactPath, KeepsBelowTheRoot) {
  EXPECT_THAT(CheckArtifactPath("model/MLmodel", false), IsOk());
  EXPECT_THAT(CheckArtifactPath("a..b/.c", false), IsOk());
  EXPECT_THAT(CheckArtifactPath("", true), IsOk());
  for (const char* path : {"", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "./a", "a\\..\\b"})
    EXPECT_THAT(CheckArtifactPath(path, false), IsError(ErrorCode::kInvalidArgument, HasSubstr("artifact path")))
        << path;
}

TEST(LocalArtifacts, GoUpAndDownWhole) {
  const TempDir dir;
  const std::string bytes(300'000, 'x');  // more than one block
  ASSERT_THAT(WriteFile(dir / "in", bytes), IsOk());
  ASSERT_THAT(UploadLocal(dir / "root", "a/b.bin", dir / "in"), IsOk());
  ASSERT_THAT(DownloadLocal(dir / "root", "a/b.bin", dir / "out"), IsOk());
  EXPECT_THAT(ReadFile(dir / "out"), IsOkAndHolds(bytes));
  EXPECT_THAT(UploadLocal(dir / "root", "../b", dir / "in"), IsError(ErrorCode::kInvalidArgument, HasSubstr("root")));
  EXPECT_THAT(DownloadLocal(dir / "root", "c", dir / "out"), IsError(ErrorCode::kNotFound, HasSubstr("root/c")));
  EXPECT_THAT(UploadLocal(dir / "root", "d", dir.path()), IsError(ErrorCode::kInvalidArgument, HasSubstr("a folder")));
}

TEST(ListLocal, GivesOneLevelByName) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "m/z.txt", "abc"), IsOk());
  ASSERT_THAT(WriteFile(dir / "m/a/deep", ""), IsOk());
  const auto top = ListLocal(dir.path(), "");
  ASSERT_THAT(top, IsOk());
  ASSERT_EQ(top->size(), 1u);
  EXPECT_EQ((*top)[0].path, "m");
  EXPECT_TRUE((*top)[0].is_folder);
  const auto below = ListLocal(dir.path(), "m");
  ASSERT_THAT(below, IsOk());
  ASSERT_EQ(below->size(), 2u);
  EXPECT_EQ((*below)[0].path, "m/a");
  EXPECT_EQ((*below)[1].path, "m/z.txt");
  EXPECT_EQ((*below)[1].bytes, 3u);
  EXPECT_THAT(ListLocal(dir.path(), "absent"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ListLocal(dir.path(), "m/z.txt"), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace valence::tracking
