// SPDX-License-Identifier: Apache-2.0
#include "valence/base/log.h"

#include <gmock/gmock.h>

#include "support/matchers.h"
#include "valence/base/json.h"

namespace valence::log {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

template <class Function>
std::string StderrOf(Function function) {
  ::testing::internal::CaptureStderr();
  function();
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, WritesLinesAtOrAboveTheLevelToStderr) {
  Configure(Level::kWarning, Format::kText);
  const std::string text = StderrOf([] {
    Info("quiet");
    Warning("loud");
  });
  EXPECT_THAT(text, EndsWith("warning loud\n"));
  EXPECT_THAT(text, Not(HasSubstr("quiet")));
}

TEST(Log, OffWritesNothing) {
  Configure(Level::kOff, Format::kText);
  EXPECT_EQ(StderrOf([] { Error("nobody hears"); }), "");
}

TEST(Log, BracesAndPercentSignsAreNotFormats) {
  Configure(Level::kDebug, Format::kText);
  EXPECT_THAT(StderrOf([] { Debug("100% {} {0} %v"); }), EndsWith("debug 100% {} {0} %v\n"));
}

TEST(Log, AMessageCannotForgeASecondLine) {
  Configure(Level::kInfo, Format::kText);
  EXPECT_THAT(StderrOf([] { Info("a\nb\x1b[31m"); }), EndsWith("info a\\nb\\x1b[31m\n"));
}

TEST(Log, JsonLinesAreJson) {
  Configure(Level::kInfo, Format::kJson);
  const std::string line = StderrOf([] { Error("said \"no\"\n\xff"); });
  const auto json = Json::Parse(line);
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(*json->Find("level"), Json("error"));
  EXPECT_EQ(*json->Find("message"), Json("said \"no\"\n\xEF\xBF\xBD"));
  EXPECT_THAT(json->Find("time")->string(), ::testing::MatchesRegex("....-..-..T..:..:..\\....Z"));
}

TEST(ParseLevel, KnowsTheFiveNames) {
  EXPECT_THAT(ParseLevel("debug"), IsOkAndHolds(Level::kDebug));
  EXPECT_THAT(ParseLevel("info"), IsOkAndHolds(Level::kInfo));
  EXPECT_THAT(ParseLevel("warning"), IsOkAndHolds(Level::kWarning));
  EXPECT_THAT(ParseLevel("error"), IsOkAndHolds(Level::kError));
  EXPECT_THAT(ParseLevel("off"), IsOkAndHolds(Level::kOff));
  EXPECT_THAT(ParseLevel("WARN"), IsError(ErrorCode::kInvalidArgument, HasSubstr("'WARN'")));
}

}  // namespace
}  // namespace valence::log
