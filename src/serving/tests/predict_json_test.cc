// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Json Predict(std::string_view body) { return Json::Parse(Asker().PostJson(body).body).value(); }

TEST(PredictJson, AnswersOneText) {
  const Json answer = Predict(R"({"text":"good film, not bad"})");
  // 0.25 + 1.5 - 0.5 - 2 = -0.75; 1 / (1 + e^0.75) = 0.320821300824607...
  EXPECT_EQ(answer.Find("label")->string(), "negative");
  EXPECT_DOUBLE_EQ(answer.Find("score")->number(), -0.75);
  const Json& probabilities = *answer.Find("probabilities");
  EXPECT_EQ(probabilities.object().front().first, "negative");
  EXPECT_NEAR(probabilities.Find("positive")->number(), 0.320821300824607, 1e-15);
  EXPECT_NEAR(probabilities.Find("negative")->number(), 0.679178699175393, 1e-15);
  EXPECT_EQ(answer.Find("tokens")->integer(), 4);
  EXPECT_EQ(answer.Find("known_tokens")->integer(), 3);
  EXPECT_THAT(answer.Find("model_version")->string(), HasSubstr("sha256:"));
  EXPECT_EQ(answer.Find("attributions"), nullptr);
}

TEST(PredictJson, NumbersAreTheShortestThatReadBack) {
  EXPECT_THAT(Asker().PostJson(R"({"text":"fine"})").body, HasSubstr(R"("score":1.25,)"));
}

TEST(PredictJson, ExplainsWithByteOffsets) {
  const Json answer = Predict(R"({"text":"Très good, not \"bad\"","explain":true})");
  // "Très " is 6 bytes.
  EXPECT_EQ(answer.Find("attributions")->Dump(),
            R"([{"begin":6,"end":10,"term":"good","text":"good","contribution":1.5},)"
            R"({"begin":12,"end":15,"term":"not","text":"not","contribution":-0.5},)"
            R"({"begin":17,"end":20,"term":"bad","text":"bad","contribution":-2.0}])");
  EXPECT_DOUBLE_EQ(answer.Find("intercept")->number(), 0.25);
}

TEST(PredictJson, ExplainWithANumberKeepsTheWeightiestInTextOrder) {
  const Json answer = Predict(R"({"text":"not good and bad, fine","explain":2})");
  const auto& kept = answer.Find("attributions")->array();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].Find("term")->string(), "good");
  EXPECT_EQ(kept[1].Find("term")->string(), "bad");
}

TEST(PredictJson, ExplainFalseAndZeroMeanNo) {
  EXPECT_EQ(Predict(R"({"text":"good","explain":false})").Find("attributions"), nullptr);
  EXPECT_EQ(Predict(R"({"text":"good","explain":0})").Find("attributions"), nullptr);
}

TEST(PredictJson, AnswersABatchInOrder) {
  const Json answer = Predict(R"({"texts":["good","","bad"],"explain":1})");
  const auto& predictions = answer.Find("predictions")->array();
  ASSERT_EQ(predictions.size(), 3u);
  EXPECT_DOUBLE_EQ(predictions[0].Find("score")->number(), 1.75);
  EXPECT_DOUBLE_EQ(predictions[1].Find("score")->number(), 0.25);
  EXPECT_DOUBLE_EQ(predictions[2].Find("score")->number(), -1.75);
  EXPECT_TRUE(predictions[1].Find("attributions")->array().empty());
}

TEST(PredictJson, AnEmptyBatchHasNoPredictions) {
  EXPECT_EQ(Predict(R"({"texts":[]})").Dump(), R"({"predictions":[]})");
}

TEST(PredictJson, BatchLimitToTheText) {
  Asker asker;
  EXPECT_EQ(asker.PostJson(R"({"texts":["a","b","c"]})").status, 200);
  const auto refused = asker.PostJson(R"({"texts":["a","b","c","d"]})");
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(ErrorPart(refused, "message"), "'texts': at most 3 texts in one request");
}

TEST(PredictJson, MoreThanTwoLabelsComeWithAllScores) {
  Asker asker(ThreeLabelModel());
  const Json answer = Json::Parse(asker.PostJson(R"({"text":"good good","explain":true})").body).value();
  EXPECT_EQ(answer.Find("label")->string(), "happy");
  EXPECT_EQ(answer.Find("scores")->Dump(), R"({"sad":0.0,"so_so":0.5,"happy":2.0})");
  EXPECT_DOUBLE_EQ(answer.Find("score")->number(), 2);
  // e^2 / (e^0 + e^0.5 + e^2)
  EXPECT_NEAR(answer.Find("probabilities")->Find("happy")->number(),
              std::exp(2.0) / (1 + std::exp(0.5) + std::exp(2.0)), 1e-15);
  EXPECT_EQ(answer.Find("attributions")->array().size(), 2u);
}

TEST(PredictJson, EscapedTextIsTheTextItStandsFor) {
  EXPECT_DOUBLE_EQ(Predict(R"({"text":"\u0067ood \ud83d\ude00 \\ud800"})").Find("score")->number(), 1.75);
}

struct BadCase {
  const char* name;
  std::string body;
  std::string message;
  std::string byte = "";
};
class PredictJsonErrors : public ::testing::TestWithParam<BadCase> {};

TEST_P(PredictJsonErrors, Are400AndSayWhere) {
  const auto answer = Asker().PostJson(GetParam().body);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorPart(answer, "code"), "invalid_argument");
  EXPECT_THAT(ErrorPart(answer, "message"), HasSubstr(GetParam().message));
  EXPECT_EQ(ErrorPart(answer, "byte"), GetParam().byte);
}

const BadCase kBad[] = {
    {"Empty", "", "the body is not JSON: unexpected end at byte 0", "0"},
    {"Cut", R"({"text":"good)", "unexpected end at byte 13", "13"},
    {"NoColon", R"({"text" "good"})", "expected ':' at byte 8", "8"},
    {"TrailingComma", R"({"text":"good",})", "expected a member's name in double quotes at byte 15", "15"},
    {"SingleQuotes", R"({'text':'good'})", "expected a member's name in double quotes at byte 1", "1"},
    {"Trailing", R"({"text":"good"} x)", "nothing may follow the value at byte 16", "16"},
    {"RawNewline", "{\"text\":\"a\nb\"}", "control character in a string at byte 10", "10"},
    {"RawNul", std::string("{\"text\":\"a\0b\"}", 14), "control character in a string at byte 10", "10"},
    {"BadEscape", R"({"text":"\x"})", "unknown escape in a string at byte 9", "9"},
    {"BadUnicodeEscape", R"({"text":"\u12g4"})", "four hexadecimal digits", "9"},
    {"LeadingZero", R"({"text":"a","explain":01})", "a number may not start with 0 at byte 23", "23"},
    {"HugeNumber", R"({"text":"a","explain":1e999})", "the body is not JSON"},
    {"WideExplain", R"({"text":"a","explain":11936000000000000000000})", "'explain'"},
    {"WideId", R"({"text":"a","id":-9223372036854775809})", "'id'"},
    {"ByteOrderMark", "\xEF\xBB\xBF{\"text\":\"good\"}", "expected a value at byte 0", "0"},
    {"NotUtf8", "{\"text\":\"ab\xFFz\"}", "the body is not UTF-8 at byte 11", "11"},
    {"OverlongUtf8", "{\"text\":\"\xC0\xAF\"}", "the body is not UTF-8 at byte 9", "9"},
    {"HighSurrogateAlone", R"({"text":"a\ud83d"})", "half of a surrogate pair at byte 10", "10"},
    {"LowSurrogateAlone", R"({"text":"\ude00"})", "half of a surrogate pair at byte 9", "9"},
    {"SurrogatesSwapped", R"({"text":"\ude00\ud83d"})", "half of a surrogate pair at byte 9", "9"},
    {"HighSurrogateThenLetter", R"({"text":"\ud83d\u0041"})", "half of a surrogate pair at byte 9", "9"},
    {"EscapedNul", R"({"text":"a\u0000b"})", "'text' contains the character U+0000"},
    {"EscapedNulInBatch", R"({"texts":["a","\u0000"]})", "'texts' contains the character U+0000"},
    {"List", R"(["good"])", "expected an object with 'text' or 'texts', found an array"},
    {"String", R"("good")", "expected an object with 'text' or 'texts', found a string"},
    {"Neither", R"({"explain":true})", "expected 'text' (a string) or 'texts' (strings)"},
    {"Both", R"({"text":"a","texts":["b"]})", "expected 'text' or 'texts', found both"},
    {"NumberText", R"({"text":5})", "'text': expected a string, found a number"},
    {"NullText", R"({"text":null})", "'text': expected a string, found null"},
    {"TextsString", R"({"texts":"a"})", "'texts': expected an array of strings, found a string"},
    {"TextsMixed", R"({"texts":["a",7]})", "'texts': expected an array of strings, found a number"},
    {"TextsWithoutText", R"({"texts":["a",{}]})", "'texts': a text given as an object has the member 'text'"},
    {"TextsWithMore", R"({"texts":[{"text":"a","label":"b"}]})", "has the members text and id, found 'label'"},
    {"IdOfTexts", R"({"texts":["a"],"id":"7"})", "'id' goes with 'text'"},
    {"IdIsAFraction", R"({"text":"a","id":1.5})", "'id': expected a string or an integer, found a number"},
    {"ThresholdAboveOne", R"({"text":"a","threshold":1.01})", "'threshold': expected 0 to 1"},
    {"ThresholdText", R"({"text":"a","threshold":"0.5"})", "'threshold': expected a number, found a string"},
    {"ModelNumber", R"({"text":"a","model":1})", "'model': expected a string, found a number"},
    {"VersionFraction", R"({"text":"a","version":1.5})", "'version': expected a string or a number"},
    {"Repeated", R"({"text":"a","text":"b"})", "'text' is given twice"},
    {"Unknown", R"({"text":"a","txet":"b"})", "unknown member 'txet'"},
    {"ExplainString", R"({"text":"a","explain":"yes"})", "'explain': expected true, false or a number"},
    {"ExplainNegative", R"({"text":"a","explain":-1})", "'explain': expected true, false or a number"},
    {"TooDeep", "{\"text\":" + std::string(100, '[') + std::string(100, ']') + "}",
     "nested deeper than 64 levels at byte 72", "72"},
    {"FarTooDeep", std::string(100000, '['), "nested deeper than 64 levels at byte 65", "65"},
};

INSTANTIATE_TEST_SUITE_P(List, PredictJsonErrors, ::testing::ValuesIn(kBad),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace valence::serving
