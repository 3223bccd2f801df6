// SPDX-License-Identifier: Apache-2.0
#include "valence/base/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace valence {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StrEq;

TEST(RunChild, GivesExitCodeAndBothOutputs) {
  const auto got = RunChild({"sh", "-c", "echo out; echo err >&2; exit 3"}, milliseconds(10000));
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->exit_code, 3);
  EXPECT_EQ(got->output, "out\nerr\n");
}

TEST(RunChild, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(RunChild({"printf", "%s", "$HOME; *"}, milliseconds(10000))->output, "$HOME; *");
}

TEST(RunChild, KillsTheChildAndItsChildrenAtTheDeadline) {
  EXPECT_THAT(RunChild({"sh", "-c", "sleep 60 & sleep 60"}, milliseconds(100)),
              IsError(ErrorCode::kDeadlineExceeded, HasSubstr("'sh' did not end")));
}

TEST(RunChild, NamesAProgramThatIsNotThere) {
  EXPECT_THAT(RunChild({"valence-no-such-program"}, milliseconds(100)),
              IsError(ErrorCode::kNotFound, HasSubstr("'valence-no-such-program'")));
}

TEST(RunChild, KeepsTheEndOfALongOutput) {
  const auto got = RunChild({"sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo end"}, milliseconds(10000));
  ASSERT_THAT(got, IsOk());
  EXPECT_LE(got->output.size(), 128u << 10);
  EXPECT_THAT(got->output, testing::EndsWith("xend\n"));
}

}  // namespace
}  // namespace valence
