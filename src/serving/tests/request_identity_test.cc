// SPDX-License-Identifier: Apache-2.0
#include "guard/request_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

RequestIdentity Read(std::map<std::string, std::string, std::less<>> headers, bool trace = false) {
  net::HttpRequest request;
  request.header = [&headers](std::string_view name) -> std::string_view {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
  };
  IdSource ids;
  RequestIdentity identity;
  identity.Read(request, trace, &ids);
  return identity;
}

std::string Headers(const RequestIdentity& identity) {
  std::string headers;
  identity.AppendHeaders(&headers);
  return headers;
}

TEST(RequestIdentity, KeepsTheClientsRequestId) {
  EXPECT_EQ(Headers(Read({{"X-Request-Id", "a-1_b.c:d/e+f=@9"}})), "X-Request-Id: a-1_b.c:d/e+f=@9\r\n");
  EXPECT_EQ(Read({{"X-Request-Id", std::string(128, 'x')}}).request_id(), std::string(128, 'x'));
}

TEST(RequestIdentity, MakesOneWhereThereIsNoneOrItIsUnfit) {
  EXPECT_THAT(std::string(Read({}).request_id()), MatchesRegex("[0-9a-f]{32}"));
  for (const std::string& id :
       {std::string(129, 'x'), std::string("a b"), std::string("a\"b"), std::string("\xc3\xa4")}) {
    EXPECT_THAT(std::string(Read({{"X-Request-Id", id}}).request_id()), MatchesRegex("[0-9a-f]{32}")) << id;
  }
}

TEST(RequestIdentity, IdsDiffer) {
  IdSource ids;
  EXPECT_NE(ids.Next(), ids.Next());
  EXPECT_NE(IdSource().Next(), IdSource().Next());
}

TEST(RequestIdentity, CarriesOnATrace) {
  const auto identity = Read({{"traceparent", "00-" + std::string(kTrace) + "-00f067aa0ba902b7-01"}});
  EXPECT_TRUE(identity.traced());
  EXPECT_EQ(identity.trace_id(), kTrace);
  EXPECT_EQ(identity.parent_id(), "00f067aa0ba902b7");
  EXPECT_NE(identity.span_id(), "00f067aa0ba902b7");
  EXPECT_THAT(Headers(identity),
              HasSubstr("traceparent: 00-" + std::string(kTrace) + "-" + std::string(identity.span_id()) + "-01\r\n"));
}

TEST(RequestIdentity, ReadsALaterVersionAsTheFirst) {
  EXPECT_EQ(Read({{"traceparent", "01-" + std::string(kTrace) + "-00f067aa0ba902b7-00-more"}}).trace_id(), kTrace);
}

TEST(RequestIdentity, BeginsATraceWhereTheClientsIsInvalid) {
  const std::string trace(kTrace);
  const std::string invalid[] = {"ff-" + trace + "-00f067aa0ba902b7-01",       // this version will never be
                                 "00-" + trace + "-00f067aa0ba902b7-01-more",  // version 00 has no more
                                 "01-" + trace + "-00f067aa0ba902b7-01.more",  //
                                 "00-" + trace + "-0000000000000000-01",       //
                                 "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
                                 "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                 "00-" + trace + "-00f067aa0ba902b7",
                                 "0g-" + trace + "-00f067aa0ba902b7-01",
                                 "00_" + trace + "-00f067aa0ba902b7-01"};
  for (const std::string& value : invalid) {
    const auto identity = Read({{"traceparent", value}}, true);
    EXPECT_NE(identity.trace_id(), kTrace) << value;
    EXPECT_EQ(identity.parent_id(), "") << value;
    EXPECT_THAT(Headers(identity), Not(HasSubstr("traceparent"))) << value;
  }
}

TEST(RequestIdentity, HasNoTraceUnlessWanted) {
  EXPECT_FALSE(Read({}).traced());
  EXPECT_TRUE(Read({}, true).traced());
}

TEST(RequestIdentity, ReadsAmazonsTrace) {
  const auto identity =
      Read({{"X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8;Sampled=1"}});
  EXPECT_EQ(identity.trace_id(), "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(identity.parent_id(), "53995c3f42cd8ad8");
  EXPECT_THAT(Headers(identity), HasSubstr("-01\r\n"));
  EXPECT_FALSE(Read({{"X-Amzn-Trace-Id", "Root=1-5759e988;Sampled=1"}}).traced());
  EXPECT_FALSE(Read({{"X-Amzn-Trace-Id", "Self=1-5759e988-bd862e3fe1be46a994272793"}}).traced());
}

}  // namespace
}  // namespace valence::serving
