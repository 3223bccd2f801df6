// SPDX-License-Identifier: Apache-2.0
#include "feedback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"
#include "support/temp_dir.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;

class FeedbackTest : public ::testing::Test {
 protected:
  net::HttpResponse Say(std::string_view body) { return asker_.Ask("POST", "/v1/feedback", body, "application/json"); }
  Json Answer(std::string_view body) { return Json::Parse(Say(body).body).value(); }
  std::string IdOf(std::string_view text) {
    const auto answer =
        asker_.Ask("POST", "/v1/predict", R"({"text":")" + std::string(text) + "\"}", "application/json");
    return Json::Parse(answer.body)->Find("prediction_id")->string();
  }

  TempDir folder_;
  std::filesystem::path path_ = folder_ / "feedback.db";
  Asker asker_{{Asker::Serve("small", "1", SmallModel())}, tracking::FeedbackStore::Open(path_).value()};
};

TEST_F(FeedbackTest, OnAPredictionById) {
  const std::string id = IdOf("good");
  EXPECT_EQ(id.size(), 32u);
  const Json answer = Answer(R"({"prediction_id":")" + id + R"(","label":"negative"})");
  EXPECT_EQ(answer.Find("feedback_id")->integer(), 1);
  EXPECT_EQ(answer.Find("prediction_id")->string(), id);
  EXPECT_EQ(answer.Find("predicted")->string(), "positive");
  EXPECT_FALSE(answer.Find("correct")->boolean());
  const auto kept = tracking::FeedbackStore::OpenToRead(path_).value()->Labelled().value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].text, "good");
  EXPECT_EQ(kept[0].label, "negative");
}

TEST_F(FeedbackTest, OnATextHasTheIdItsPredictionWouldHave) {
  const Json answer = Answer(R"({"text":"bad","label":"negative"})");
  EXPECT_TRUE(answer.Find("correct")->boolean());
  EXPECT_EQ(answer.Find("prediction_id")->string(), IdOf("bad"));
}

TEST_F(FeedbackTest, IsCountedByTrueLabel) {
  Say(R"({"text":"bad","label":"negative"})");
  Say(R"({"text":"bad","label":"positive"})");
  Say(R"({"text":"good","label":"positive","model":"small"})");
  const std::string metrics = asker_.Get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr(R"(label="negative",correct="true"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(label="positive",correct="false"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(label="positive",correct="true"} 1)"));
  EXPECT_THAT(metrics, HasSubstr(R"(valence_http_requests_total{method="POST",route="/v1/feedback",code="200"} 3)"));
}

struct BadFeedback {
  const char* name;
  std::string body;
  int status;
  std::string message;
};
class FeedbackErrors : public FeedbackTest, public ::testing::WithParamInterface<BadFeedback> {};

TEST_P(FeedbackErrors, SayWhatToChange) {
  const auto answer = Say(GetParam().body);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_THAT(ErrorPart(answer, "message"), HasSubstr(GetParam().message));
  EXPECT_TRUE(tracking::FeedbackStore::OpenToRead(path_).value()->Labelled().value().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Feedback, FeedbackErrors,
    ::testing::Values(BadFeedback{"label", R"({"text":"good","label":"great"})", 400, "are negative, positive"},
                      BadFeedback{"no_label", R"({"text":"good"})", 400, "expected 'label'"},
                      BadFeedback{"neither", R"({"label":"positive"})", 400, "either 'prediction_id'"},
                      BadFeedback{"both", R"({"label":"positive","text":"a","prediction_id":"b"})", 400, "either"},
                      BadFeedback{"unknown", R"({"label":"positive","prediction_id":"b"})", 404, "send its text"},
                      BadFeedback{"model", R"({"label":"positive","text":"a","model":"x"})", 404, "no model 'x'"},
                      BadFeedback{"member", R"({"label":"positive","text":"a","why":"x"})", 400,
                                  "unknown member 'why'"},
                      BadFeedback{"twice", R"({"label":"positive","text":"a","text":"b"})", 400, "given twice"},
                      BadFeedback{"type", R"({"label":1,"text":"a"})", 400, "'label': expected a string"},
                      BadFeedback{"nul", R"({"label":"positive","text":"a\u0000"})", 400, "U+0000"},
                      BadFeedback{"long", R"({"label":"positive","text":")" + std::string(1001, 'a') + "\"}", 413,
                                  "at most 1000 bytes"}),
    [](const auto& test) { return test.param.name; });

TEST(FeedbackOff, IsSaidAndLeavesAnswersAsTheyWere) {
  Asker asker;
  const auto answer = asker.Ask("POST", "/v1/feedback", R"({"text":"a","label":"positive"})", "application/json");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(ErrorPart(answer, "message"), HasSubstr("--feedback-db"));
  EXPECT_EQ(asker.PostJson(R"({"text":"good"})").body.find("prediction_id"), std::string::npos);
}

TEST(RecentPredictions, ForgetTheOldestFirst) {
  RecentPredictions recent(16 * 3000);  // room for two texts of 1,000 bytes in each of 16 parts
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.push_back(PredictionId("v", std::to_string(i)));
    recent.Remember(ids.back(), {std::string(1000, 'a'), "l", 0.5, "m", "v"});
  }
  int held = 0;
  for (const std::string& id : ids) held += recent.Find(id).has_value() ? 1 : 0;
  EXPECT_GE(held, 16);
  EXPECT_LE(held, 32);
  EXPECT_TRUE(recent.Find(ids.back()).has_value());
  EXPECT_FALSE(recent.Find(ids.front()).has_value());
}

}  // namespace
}  // namespace valence::serving
