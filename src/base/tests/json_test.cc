// SPDX-License-Identifier: Apache-2.0
#include "valence/base/json.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "support/matchers.h"

namespace valence {

// GoogleTest would print a Json as bytes.
void PrintTo(const Json& json, std::ostream* os) { *os << json.Dump(); }

namespace {

using ::testing::HasSubstr;

std::string Nested(std::size_t depth, std::string_view inside) {
  return std::string(depth, '[').append(inside).append(depth, ']');
}

TEST(JsonParse, KeepsOrderAndKindsOfNumbers) {
  const auto json = Json::Parse(R"( {"z": [1, 1.0, -2e3, true, null], "a": {"b": "c"}} )");
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(json->Dump(), R"({"z":[1,1.0,-2000.0,true,null],"a":{"b":"c"}})");
  EXPECT_TRUE(json->Find("z")->array()[0].is_int());
  EXPECT_FALSE(json->Find("z")->array()[1].is_int());
}

TEST(JsonParse, KeepsInt64AndRoundsWhatIsLarger) {
  EXPECT_THAT(Json::Parse("9223372036854775807"), IsOkAndHolds(Json(std::numeric_limits<std::int64_t>::max())));
  EXPECT_THAT(Json::Parse("-9223372036854775808"), IsOkAndHolds(Json(std::numeric_limits<std::int64_t>::min())));
  EXPECT_THAT(Json::Parse("18446744073709551615"), IsOkAndHolds(Json(18446744073709551616.0)));  // 2^64
}

TEST(JsonParse, ReadsWholeNumbersOfAnySizeAsDoubles) {
  const auto json = Json::Parse(
      R"({"a":[123456789012345678901234567890,-9223372036854775809,18446744073709551616],"\"1":"99999999999999999999999"})");
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(json->Dump(), R"({"a":[1.2345678901234568e+29,-9.223372036854776e+18,1.8446744073709552e+19],"\"1":)"
                          R"("99999999999999999999999"})");
  EXPECT_THAT(Json::Parse("[123456789012345678901234567890, 01]"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON")));
  EXPECT_THAT(Json::Parse("[" + std::string(400, '9') + "]"), IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON")));
  EXPECT_THAT(Json::Parse("[1e999]"), IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON")));
}

TEST(JsonParse, TheLastOfRepeatedKeysWins) {
  EXPECT_THAT(Json::Parse(R"({"a":1,"b":2,"a":3})"), IsOkAndHolds(Json::MakeObject({{"a", 3}, {"b", 2}})));
}

TEST(JsonParse, ReadsEscapes) {
  EXPECT_THAT(Json::Parse(R"("\u00e9\n\ud83d\ude00\/\u0000")"), IsOkAndHolds(Json(std::string_view("é\n😀/\0", 9))));
}

TEST(JsonParse, AllowsDepth64AndNoMore) {
  for (const char* inside : {"", "1", "{}"}) {
    const std::size_t around = std::string_view(inside) == "{}" ? 63 : 64;
    EXPECT_THAT(Json::Parse(Nested(around, inside)), IsOk());
    EXPECT_THAT(Json::Parse(Nested(around + 1, inside)), IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON")));
  }
  EXPECT_THAT(Json::Parse(Nested(1'000'000, "")), IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON")));
}

TEST(JsonParse, RefusesWhatIsNotJson) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\" 1}", "nul", "1 2", "[1] x", "'a'", "\"a", "NaN", "01", "1e999",
                           "\"\xff\"", R"("\ud800")", R"("\udc00")", R"({"\udc00":1})", "\"a\nb\""}) {
    EXPECT_THAT(Json::Parse(text), IsError(ErrorCode::kDataCorrupt, HasSubstr("not JSON"))) << text;
  }
}

TEST(JsonParse, IsNotSlowOnManyKeys) {
  Json object = Json::MakeObject();
  for (int i = 0; i < 200'000; ++i) object.object().emplace_back("key" + std::to_string(i), i);
  EXPECT_THAT(Json::Parse(object.Dump()), IsOkAndHolds(object));  // quadratic work would take minutes
}

TEST(JsonDump, IndentsAsPythonDoes) {
  const Json json = Json::MakeObject({{"a", Json::Array{1, 2}}, {"b", Json::MakeObject()}, {"c", Json::MakeArray()}});
  EXPECT_EQ(json.Dump(2), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
  EXPECT_EQ(json.Dump(), R"({"a":[1,2],"b":{},"c":[]})");
}

TEST(JsonDump, WritesShortestDoublesAndNullForTheRest) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Json(Json::Array{0.1, 1.0, 1e300, std::nan(""), infinity}).Dump(), "[0.1,1.0,1e+300,null,null]");
}

TEST(JsonDump, EscapesAndRepairsStrings) {
  EXPECT_EQ(Json("\"\\/\b\f\n\r\t\x01é").Dump(), R"("\"\\/\b\f\n\r\t\u0001é")");
  EXPECT_EQ(Json("a\xff").Dump(), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonDump, OnlyPrintableAsciiStaysAsItIs) {
  EXPECT_TRUE(IsPlainInJson(""));
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(c);
        ASSERT_EQ(IsPlainInJson(text), c >= 0x20 && c < 0x80 && c != '"' && c != '\\') << size << " " << at << " " << c;
      }
    }
  }
}

TEST(JsonDump, ReadsBackToTheSame) {
  std::string all_ascii;
  for (char c = 0; c < 127; ++c) all_ascii.push_back(c);
  const Json json = Json::MakeObject({{all_ascii, Json::Array{-0.0, 5e-324, std::int64_t{-7}, false, nullptr}}});
  EXPECT_THAT(Json::Parse(json.Dump()), IsOkAndHolds(json));
  EXPECT_THAT(Json::Parse(json.Dump(4)), IsOkAndHolds(json));
}

TEST(Json, IsBuiltInPlace) {
  Json json;
  json["metrics"]["accuracy"] = 0.5;
  json["labels"].Push("neg").Push("pos");
  json.Set("n", 3).Set("n", 4);
  EXPECT_EQ(json.Dump(), R"({"metrics":{"accuracy":0.5},"labels":["neg","pos"],"n":4})");
  EXPECT_EQ(json.Find("absent"), nullptr);
  EXPECT_EQ(Json(1).Find("x"), nullptr);
  EXPECT_DOUBLE_EQ(json.Find("n")->number(), 4);
}

}  // namespace
}  // namespace valence
