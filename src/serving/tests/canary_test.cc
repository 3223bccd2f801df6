// SPDX-License-Identifier: Apache-2.0
#include "canary.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace valence::serving {
namespace {

net::HttpRequest Request(std::map<std::string, std::string, std::less<>> headers, std::string_view body = "") {
  net::HttpRequest request;
  request.body = body;
  request.header = [headers](std::string_view name) -> std::string_view {
    // Kept alive by the request's own copy of this function.
    static thread_local std::string value;
    const auto found = headers.find(name);
    value = found == headers.end() ? "" : found->second;
    return value;
  };
  return request;
}

TEST(RequestKey, FollowsTheRequestIdThenTheTraceThenTheBody) {
  const auto by_id = RequestKey(Request({{"X-Request-Id", "a"}, {"traceparent", "t"}}, "body"));
  EXPECT_EQ(by_id, RequestKey(Request({{"X-Request-Id", "a"}}, "another")));
  const auto by_trace = RequestKey(Request({{"traceparent", "t"}}, "body"));
  EXPECT_EQ(by_trace, RequestKey(Request({{"traceparent", "t"}}, "another")));
  const auto by_body = RequestKey(Request({}, "body"));
  EXPECT_EQ(by_body, RequestKey(Request({}, "body")));
  EXPECT_NE(by_body, RequestKey(Request({}, "another")));
  EXPECT_NE(by_id, by_trace);
}

TEST(IsInShare, NobodyAndEverybodyAreExact) {
  EXPECT_FALSE(IsInShare(0, 0));
  EXPECT_TRUE(IsInShare(~std::uint64_t{0}, 1));
}

TEST(IsInShare, ATenthIsATenthOfShortIds) {
  int hits = 0;
  for (int i = 0; i < 20000; ++i) hits += IsInShare(RequestKey(Request({{"X-Request-Id", std::to_string(i)}})), 0.1);
  EXPECT_NEAR(hits, 2000, 170);  // four standard deviations: 4 sqrt(20000 * 0.1 * 0.9)
}

TEST(IsInShare, AGreaterShareKeepsWhoIsInASmallerOne) {
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t key = RequestKey(Request({{"X-Request-Id", std::to_string(i)}}));
    EXPECT_LE(IsInShare(key, 0.2), IsInShare(key, 0.3));
  }
}

}  // namespace
}  // namespace valence::serving
