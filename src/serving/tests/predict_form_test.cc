// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PredictForm, AnswersWithThePage) {
  const auto answer = Asker().PostForm("other=1&text=not+g%6Fod%21&more");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(answer.extra_headers, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(answer.body, HasSubstr("\nnot good!</textarea>"));
  // 0.25 - 0.5 + 1.5 = 1.25; 1 / (1 + e^-1.25) = 77.7 %
  EXPECT_THAT(answer.body, HasSubstr("<span class=\"chip pos\">positive</span> <span>77.7 % sure</span>"));
  EXPECT_THAT(answer.body, HasSubstr("<mark class=\"neg2\" tabindex=\"0\">not<span class=\"tip\"> \u22120.50</span>"));
  EXPECT_THAT(answer.body, HasSubstr("<mark class=\"pos5\" tabindex=\"0\">good!<span class=\"tip\"> +1.50</span>"));
  EXPECT_THAT(answer.body, HasSubstr("Score +1.25 = +0.25 (start) +1.00 (words). 2 of 2 tokens known."));
}

TEST(PredictForm, ReadsMultipart) {
  const auto answer = Asker().Ask("POST", "/predict",
                                  "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nbad\r\n"
                                  "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\ngood\r\n--b--\r\n",
                                  "multipart/form-data; boundary=b");
  EXPECT_THAT(answer.body, HasSubstr("<span class=\"chip pos\">positive</span>"));
}

TEST(PredictForm, WhatIsTypedStaysText) {
  const auto answer = Asker().PostForm("text=%3Cscript%3Ealert(%22good%22)%3C/script%3E+%26amp;+%27");
  EXPECT_THAT(answer.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(answer.body,
              HasSubstr("\n&lt;script&gt;alert(&quot;good&quot;)&lt;/script&gt; &amp;amp; &#39;</textarea>"));
}

TEST(PredictForm, UnknownWordsAreSaid) {
  EXPECT_THAT(Asker().PostForm("text=xyz").body, HasSubstr("The model knows none of these words"));
}

TEST(PredictForm, ThreeLabelsAreForOrAgainst) {
  Asker asker(ThreeLabelModel());
  const auto answer = asker.PostForm("text=good");
  EXPECT_THAT(answer.body, HasSubstr("<span class=\"chip one\">happy</span>"));
  EXPECT_THAT(answer.body, HasSubstr("for happy"));
  EXPECT_THAT(answer.body, HasSubstr("against happy"));
}

struct BadForm {
  const char* name;
  std::string body;
  std::string type;
  std::string message;
};
class PredictFormErrors : public ::testing::TestWithParam<BadForm> {};

TEST_P(PredictFormErrors, AreThePageWithTheReason) {
  const auto answer = Asker().Ask("POST", "/predict", GetParam().body, GetParam().type);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("<p class=\"error\" role=\"alert\">" + GetParam().message + "</p>"));
}

constexpr const char* kUrlEncoded = "application/x-www-form-urlencoded";
constexpr const char* kMultipart = "multipart/form-data; boundary=b";

INSTANTIATE_TEST_SUITE_P(
    List, PredictFormErrors,
    ::testing::Values(BadForm{"NoField", "txt=good", kUrlEncoded, "the form has no field &#39;text&#39;"},
                      BadForm{"Empty", "", kUrlEncoded, "the form has no field &#39;text&#39;"},
                      BadForm{"BadEscape", "a=b&text=go%2", kUrlEncoded,
                              "expected two hexadecimal digits after &#39;%&#39; at byte 11"},
                      BadForm{"NotUtf8", "text=ab%FF", kUrlEncoded, "&#39;text&#39; is not UTF-8 at byte 2"},
                      BadForm{"Nul", "text=a%00", kUrlEncoded, "&#39;text&#39; contains the character U+0000"},
                      BadForm{"NoBoundary", "x", "multipart/form-data",
                              "multipart/form-data: expected a boundary of 1 to 70 characters"},
                      BadForm{"NotMultipart", "x", kMultipart,
                              "multipart/form-data: the body must start with its boundary"},
                      BadForm{"CutPart", "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\ngood", kMultipart,
                              "the form has no field &#39;text&#39;"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace valence::serving
