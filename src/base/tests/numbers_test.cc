// SPDX-License-Identifier: Apache-2.0
#include "valence/base/numbers.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>

#include "support/matchers.h"

namespace valence {
namespace {

using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FormatDouble, IsPythonsRepr) {  // each line checked with Python's repr()
  EXPECT_EQ(FormatDouble(1), "1.0");
  EXPECT_EQ(FormatDouble(-0.0), "-0.0");
  EXPECT_EQ(FormatDouble(0.1), "0.1");
  EXPECT_EQ(FormatDouble(100000), "100000.0");
  EXPECT_EQ(FormatDouble(1e15), "1000000000000000.0");
  EXPECT_EQ(FormatDouble(1e16), "1e+16");
  EXPECT_EQ(FormatDouble(0.0001), "0.0001");
  EXPECT_EQ(FormatDouble(0.00001), "1e-05");
  EXPECT_EQ(FormatDouble(5e-324), "5e-324");
  EXPECT_EQ(FormatDouble(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(FormatDouble(std::nan("")), "nan");
  EXPECT_EQ(FormatDouble(-kInfinity), "-inf");
}

TEST(FormatDouble, ReadsBackToTheSameBits) {
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX generator
    const auto value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    EXPECT_THAT(ParseDouble(FormatDouble(value)), IsOkAndHolds(value));
  }
}

TEST(ParseDouble, TakesTheWholeText) {
  EXPECT_THAT(ParseDouble("-2.5e-3"), IsOkAndHolds(-0.0025));
  EXPECT_THAT(ParseDouble("+7"), IsOkAndHolds(7.0));
  EXPECT_THAT(ParseDouble("inf"), IsOkAndHolds(kInfinity));
  EXPECT_THAT(ParseDouble("-inf"), IsOkAndHolds(-kInfinity));
  EXPECT_THAT(ParseDouble("nan"), IsOkAndHolds(::testing::IsNan()));
}

TEST(ParseDouble, RefusesWhatIsNoNumber) {
  for (const char* text : {"", " 1", "1 ", "1,5", "0x10", "+-1", "++1", "+", "abc", "1e", "1.5.2"}) {
    EXPECT_THAT(ParseDouble(text), IsError(ErrorCode::kInvalidArgument, HasSubstr(text))) << text;
  }
}

TEST(ParseDouble, RefusesOverflow) {
  EXPECT_THAT(ParseDouble("1e999"), IsError(ErrorCode::kInvalidArgument, "number out of range: '1e999'"));
  EXPECT_THAT(ParseDouble("-1e999"), IsError(ErrorCode::kInvalidArgument, HasSubstr("out of range")));
}

TEST(ParseInt, TakesTheWholeRange) {
  EXPECT_THAT(ParseInt("9223372036854775807"), IsOkAndHolds(std::numeric_limits<std::int64_t>::max()));
  EXPECT_THAT(ParseInt("-9223372036854775808"), IsOkAndHolds(std::numeric_limits<std::int64_t>::min()));
  EXPECT_THAT(ParseInt("+42"), IsOkAndHolds(42));
}

TEST(ParseInt, RefusesWhatIsNoWholeNumber) {
  for (const char* text : {"", "1.0", "1e3", " 1", "1 ", "+-1", "abc"}) {
    EXPECT_THAT(ParseInt(text), IsError(ErrorCode::kInvalidArgument, HasSubstr("expected a whole number"))) << text;
  }
  EXPECT_THAT(ParseInt("9223372036854775808"), IsError(ErrorCode::kInvalidArgument, HasSubstr("out of range")));
}

TEST(WithThousands, PutsACommaBeforeEachThreeDigits) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(12345678), "12,345,678");
  EXPECT_EQ(WithThousands(-123456), "-123,456");
  EXPECT_EQ(WithThousands(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(HumanBytes, UsesPowersOfAThousand) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1536), "1.5 KB");
  EXPECT_EQ(HumanBytes(999'949), "999.9 KB");
  EXPECT_EQ(HumanBytes(999'950), "1.0 MB");
  EXPECT_EQ(HumanBytes(84'125'825), "84.1 MB");
  EXPECT_EQ(HumanBytes(2.5e18), "2500.0 PB");
}

}  // namespace
}  // namespace valence
