// SPDX-License-Identifier: Apache-2.0
// The own API's additions to what predict_json_test.cc pins.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;

net::HttpResponse Post(Asker& asker, std::string_view body) {
  return asker.Ask("POST", "/v1/predict", body, "application/json");
}

Json Predict(std::string_view body) {
  Asker asker;
  return Json::Parse(Post(asker, body).body).value();
}

TEST(V1Predict, EchoesIds) {
  EXPECT_EQ(Predict(R"({"text":"good","id":"é\"7"})").Find("id")->string(), "é\"7");
  const Json answer = Predict(R"({"texts":[{"text":"good","id":-3},"bad",{"id":"x","text":"fine"}]})");
  const auto& predictions = answer.Find("predictions")->array();
  EXPECT_EQ(predictions[0].Find("id")->integer(), -3);
  EXPECT_EQ(predictions[1].Find("id"), nullptr);
  EXPECT_EQ(predictions[2].Find("id")->string(), "x");
  EXPECT_EQ(predictions[1].Find("label")->string(), "negative");
}

TEST(V1Predict, AThresholdDecidesTheLabel) {
  // "fine": 0.25 + 1 = 1.25, 1 / (1 + e^-1.25) = 0.777299861174691...
  EXPECT_EQ(Predict(R"({"text":"fine"})").Find("label")->string(), "positive");
  EXPECT_EQ(Predict(R"({"text":"fine","threshold":0.78})").Find("label")->string(), "negative");
  EXPECT_EQ(Predict(R"({"text":"fine","threshold":0.77})").Find("label")->string(), "positive");
  EXPECT_EQ(Predict(R"({"text":"fine","threshold":1})").Find("label")->string(), "negative");
  EXPECT_EQ(Predict(R"({"text":"bad bad bad","threshold":0})").Find("label")->string(), "positive");
}

TEST(V1Predict, AThresholdNeedsTwoLabels) {
  Asker asker(ThreeLabelModel());
  const auto answer = Post(asker, R"({"text":"good","threshold":0.5})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorPart(answer, "field"), "threshold");
}

TEST(V1Predict, TakesOnlyJson) {
  Asker asker;
  EXPECT_EQ(asker.Ask("POST", "/v1/predict", "text=good", "application/x-www-form-urlencoded").status, 415);
  EXPECT_EQ(asker.Ask("POST", "/v1/predict", "{}", "").status, 415);
}

class SeveralModels : public ::testing::Test {
 protected:
  Asker asker_{{Asker::Serve("two", "1", SmallModel()), Asker::Serve("three", "3", ThreeLabelModel()),
                Asker::Serve("three", "12", ThreeLabelModel())}};

  std::string LabelBy(const std::string& choice) {
    const auto answer = Post(asker_, R"({"text":"good")" + choice + "}");
    return answer.status == 200 ? Json::Parse(answer.body)->Find("label")->string() : ErrorPart(answer, "message");
  }
};

TEST_F(SeveralModels, AreChosenByNameAndVersion) {
  EXPECT_EQ(LabelBy(""), "positive");
  EXPECT_EQ(LabelBy(R"(,"model":"three")"), "happy");
  EXPECT_EQ(LabelBy(R"(,"model":"three","version":3)"), "happy");
  EXPECT_EQ(LabelBy(R"(,"model":"three","version":"12")"), "happy");
  EXPECT_EQ(LabelBy(R"(,"version":"sha256:aaaaaaaaaaaa")"), "positive");
}

TEST_F(SeveralModels, UnknownOnesAre404) {
  EXPECT_THAT(LabelBy(R"(,"model":"four")"), HasSubstr("there is no model 'four'"));
  EXPECT_THAT(LabelBy(R"(,"model":"three","version":4)"), HasSubstr("model 'three' has no version '4'"));
  EXPECT_EQ(Post(asker_, R"({"text":"good","model":"four"})").status, 404);
}

TEST_F(SeveralModels, AreListed) {
  const Json list = Json::Parse(asker_.Get("/v1/models").body).value();
  EXPECT_EQ(list.Find("models")->Dump(), R"(["three","two"])");
  EXPECT_EQ(list.Find("default")->string(), "two");
  EXPECT_EQ(list.Find("details")->array().size(), 3u);
  EXPECT_EQ(list.Find("details")->array()[0].Find("version")->string(), "3");
}

TEST_F(SeveralModels, AreDescribedAsKServeAndTensorFlowServingDo) {
  const Json model = Json::Parse(asker_.Get("/v1/models/three").body).value();
  EXPECT_EQ(model.Find("name")->string(), "three");
  EXPECT_TRUE(model.Find("ready")->boolean());
  const auto& statuses = model.Find("model_version_status")->array();
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[1].Dump(),
            R"({"version":"12","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}})");
  EXPECT_EQ(model.Find("versions")->array()[0].Find("labels")->Dump(), R"(["sad","so_so","happy"])");
  const Json one = Json::Parse(asker_.Get("/v1/models/three/versions/3").body).value();
  EXPECT_EQ(one.Find("model_version_status")->array().size(), 1u);
  EXPECT_EQ(asker_.Get("/v1/models/three/versions/4").status, 404);
  EXPECT_EQ(asker_.Get("/v1/models/four").status, 404);
}

TEST_F(SeveralModels, CanBeReplacedWhileServing) {
  EXPECT_EQ(LabelBy(""), "positive");
  asker_.repository().Publish(
      std::make_shared<const ModelSet>(std::vector<ModelSet::Entry>{Asker::Serve("two", "2", ThreeLabelModel())}));
  EXPECT_EQ(LabelBy(""), "happy");
  EXPECT_THAT(asker_.Get("/metrics").body, HasSubstr(R"(valence_model_info{name="two",version="sha256:bbbbbbbbbbbb")"));
}

TEST(NoModel, IsNotReadyAndSaysSo) {
  Asker asker(std::vector<ModelSet::Entry>{});
  EXPECT_EQ(asker.Get("/readyz").status, 503);
  EXPECT_THAT(asker.Get("/readyz?verbose").body, HasSubstr("[-]model failed"));
  EXPECT_EQ(Post(asker, R"({"text":"good"})").status, 503);
  EXPECT_EQ(asker.Get("/").status, 503);
  EXPECT_EQ(asker.Get("/livez").status, 200);
}

TEST(TextLimit, IsToTheByte) {
  Asker asker;
  EXPECT_EQ(Post(asker, R"({"text":")" + std::string(1000, 'a') + "\"}").status, 200);
  EXPECT_EQ(Post(asker, R"({"text":")" + std::string(1001, 'a') + "\"}").status, 413);
  // After the escapes are read: 6 bytes each in JSON, 1 in the text.
  std::string escaped;
  for (int i = 0; i < 1000; ++i) escaped += R"(\u0061)";
  EXPECT_EQ(Post(asker, R"({"text":")" + escaped + "\"}").status, 200);
}

}  // namespace
}  // namespace valence::serving
