// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "valence/base/result.h"

namespace valence {

/// Lets GoogleTest print a Result: its value, or its error's code and message.
template <class T>
void PrintTo(const Result<T>& result, std::ostream* os) {
  if (result.has_value()) {
    *os << "a value: " << ::testing::PrintToString(*result);
  } else {
    *os << ErrorCodeName(result.error().code) << ": " << result.error().message;
  }
}

/// EXPECT_THAT(WriteFile(...), IsOk());
MATCHER(IsOk, negation ? "is an error" : "is not an error") { return arg.has_value(); }

/// EXPECT_THAT(ParseInt("7"), IsOkAndHolds(7));  `matcher` is a value or a matcher.
MATCHER_P(IsOkAndHolds, matcher, negation ? "does not hold the value" : "holds the value") {
  return arg.has_value() && ::testing::ExplainMatchResult(matcher, arg.value(), result_listener);
}

/// EXPECT_THAT(ParseInt("x"), IsError(ErrorCode::kInvalidArgument, HasSubstr("'x'")));
MATCHER_P2(IsError, code, message_matcher,
           std::string(negation ? "is not " : "is ") + std::string(ErrorCodeName(code)) + " whose message " +
               ::testing::DescribeMatcher<std::string>(message_matcher)) {
  if (arg.has_value()) return false;
  if (arg.error().code != code) {
    *result_listener << "whose code is " << ErrorCodeName(arg.error().code);
    return false;
  }
  return ::testing::ExplainMatchResult(message_matcher, arg.error().message, result_listener);
}

}  // namespace valence
