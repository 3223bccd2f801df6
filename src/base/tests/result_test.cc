// SPDX-License-Identifier: Apache-2.0
#include "valence/base/result.h"

#include <gmock/gmock.h>

#include <memory>

#include "support/matchers.h"

namespace valence {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return InvalidArgument("odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  VALENCE_TRY(const int half, Half(value));
  VALENCE_TRY(const int quarter, Half(half));
  return quarter;
}

Status BothEven(int a, int b) {
  VALENCE_RETURN_IF_ERROR(Half(a));
  VALENCE_RETURN_IF_ERROR(Half(b));
  return Ok();
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_THAT(Quarter(12), IsOkAndHolds(3));
  EXPECT_THAT(Quarter(6), IsError(ErrorCode::kInvalidArgument, "odd"));
}

TEST(Result, ReturnIfErrorStopsAtTheFirstError) {
  EXPECT_THAT(BothEven(2, 4), IsOk());
  EXPECT_THAT(BothEven(2, 5), IsError(ErrorCode::kInvalidArgument, "odd"));
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> value = *std::move(result);
  EXPECT_EQ(*value, 7);
}

TEST(Error, WithPutsContextBeforeTheMessage) {
  const Error error = NotFound("no such file").With("params.yaml").With("train");
  EXPECT_EQ(error.message, "train: params.yaml: no such file");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
}

TEST(ErrorCode, NamesAreThoseOfTheJsonAnswers) {
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInvalidArgument), "invalid_argument");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kNotFound), "not_found");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kConflict), "conflict");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kFailedPrecondition), "failed_precondition");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kDataCorrupt), "data_corrupt");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kResourceExhausted), "resource_exhausted");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kUnavailable), "unavailable");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kDeadlineExceeded), "deadline_exceeded");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kUnimplemented), "unimplemented");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInternal), "internal");
}

}  // namespace
}  // namespace valence
