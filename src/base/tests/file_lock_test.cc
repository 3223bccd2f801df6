// SPDX-License-Identifier: Apache-2.0
#include "valence/base/file_lock.h"

#include <gmock/gmock.h>

#include <utility>

#include "support/matchers.h"
#include "support/temp_dir.h"

namespace valence {
namespace {

using ::testing::HasSubstr;

TEST(FileLockTest, LetsOneInUntilItIsLetGo) {
  const TempDir dir;
  const auto file = dir.path() / "lock";
  {
    auto first = FileLock::TryTake(file);
    ASSERT_TRUE(first.has_value());
    const FileLock moved = *std::move(first);
    EXPECT_THAT(FileLock::TryTake(file), IsError(ErrorCode::kConflict, HasSubstr("lock: held by another process")));
  }
  EXPECT_TRUE(FileLock::TryTake(file).has_value());
}

TEST(FileLockTest, SaysWhyTheFileCannotBeMade) {
  const TempDir dir;
  EXPECT_THAT(FileLock::TryTake(dir.path() / "nowhere" / "lock"), IsError(ErrorCode::kNotFound, HasSubstr("nowhere")));
}

}  // namespace
}  // namespace valence
