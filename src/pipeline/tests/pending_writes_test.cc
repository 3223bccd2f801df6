// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/pending_writes.h"

#include <gmock/gmock.h>

#include <atomic>

#include "support/matchers.h"

namespace valence::pipeline {
namespace {

TEST(PendingWrites, AnswersTheFirstErrorInOrderEachTime) {
  PendingWrites writes;
  writes.Add([] { return Ok(); });
  writes.Add([]() -> Status { return Unavailable("first"); });
  writes.Add([]() -> Status { return Unavailable("second"); });
  EXPECT_THAT(writes.Wait(), IsError(ErrorCode::kUnavailable, "first"));
  EXPECT_THAT(writes.Wait(), IsError(ErrorCode::kUnavailable, "first"));
}

TEST(PendingWrites, WaitsForEveryWriteWhenDestroyed) {
  std::atomic<int> done = 0;
  {
    PendingWrites writes;
    for (int i = 0; i < 8; ++i) {
      writes.Add([&done] {
        ++done;
        return Ok();
      });
    }
  }
  EXPECT_EQ(done, 8);
}

TEST(PendingWrites, WithoutWritesIsOk) { EXPECT_THAT(PendingWrites().Wait(), IsOk()); }

}  // namespace
}  // namespace valence::pipeline
