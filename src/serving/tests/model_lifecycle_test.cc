// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/model_lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "asker.h"

#include "support/matchers.h"
#include "support/small_model.h"

namespace valence::serving {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::shared_ptr<const classifier::Classifier> ModelWithIntercept(double intercept, char digest) {
  classifier::ModelBundle bundle = SmallModel()->bundle();
  bundle.linear.intercepts = {intercept};
  bundle.digest = std::string(64, digest);
  return classifier::Classifier::Make(std::move(bundle)).value();
}

/// Sources in memory: what is loaded under a name, and how often it was asked for.
class Sources {
 public:
  void Put(const std::string& source, Result<LoadedModel> model) {
    entries_.insert_or_assign(source, std::move(model));
    ++changes_[source];
  }
  void SetReachable(bool reachable) { reachable_ = reachable; }
  ModelLoader Loader() {
    return {.load = [this](const std::string& source) -> Result<LoadedModel> {
              ++loads;
              return entries_.at(source);
            },
            .fingerprint = [this](const std::string& source) -> Result<std::string> {
              ++questions;
              if (!reachable_) return Unavailable("the registry is away");
              return std::to_string(changes_[source]);
            }};
  }
  int loads = 0;
  int questions = 0;

 private:
  std::map<std::string, Result<LoadedModel>> entries_;
  std::map<std::string, int> changes_;
  bool reachable_ = true;
};

class ModelLifecycleTest : public testing::Test {
 protected:
  ModelLifecycleTest() {
    sources.Put("a", LoadedModel{ModelWithIntercept(0.25, 'a'), "m", ""});
    sources.Put("b", LoadedModel{ModelWithIntercept(-5, 'b'), "m", ""});
    sources.Put("others", LoadedModel{ThreeLabelModel(), "m", ""});
  }
  void Start(std::vector<ModelSpec> specs) {
    auto started = ModelLifecycle::Start(std::move(specs), sources.Loader(), 1);
    ASSERT_THAT(started, IsOk());
    lifecycle = *std::move(started);
  }
  std::string Serving(std::string_view name = {}) {
    return lifecycle->repository()->Snapshot()->Find(name)->classifier().version();
  }
  void Poll(int at) { lifecycle->Poll(ModelLifecycle::Clock::time_point(seconds(at)), seconds(10)); }

  Sources sources;
  std::unique_ptr<ModelLifecycle> lifecycle;
};

constexpr const char* kA = "sha256:aaaaaaaaaaaa";
constexpr const char* kB = "sha256:bbbbbbbbbbbb";

TEST_F(ModelLifecycleTest, TwoModelsOfOneNameAndVersionDoNotStart) {
  EXPECT_THAT(ModelLifecycle::Start({{.source = "a"}, {.source = "b"}}, sources.Loader(), 1),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("NAME@VERSION=")));
}

TEST_F(ModelLifecycleTest, APollLoadsOnlyWhatChanged) {
  Start({{.source = "a"}});
  Poll(100);
  EXPECT_EQ(sources.loads, 1);
  sources.Put("a", LoadedModel{ModelWithIntercept(1, 'b'), "m", ""});
  Poll(105);  // not due yet
  EXPECT_EQ(Serving(), kA);
  Poll(110);
  EXPECT_EQ(Serving(), kB);
  EXPECT_EQ(sources.loads, 2);
}

TEST_F(ModelLifecycleTest, ARefusedModelLeavesTheOldOneAndIsNotTriedAgain) {
  Start({{.source = "a"}});
  sources.Put("a", DataCorrupt("a: SHA-256 differs"));
  for (const int at : {100, 200, 300}) Poll(at);
  EXPECT_EQ(Serving(), kA);
  EXPECT_EQ(sources.loads, 2);
  EXPECT_THAT(lifecycle->Describe().Dump(), HasSubstr("SHA-256 differs"));
  sources.Put("a", LoadedModel{ModelWithIntercept(1, 'b'), "m", ""});
  Poll(400);
  EXPECT_EQ(Serving(), kB);
}

TEST_F(ModelLifecycleTest, OtherLabelsAreRefused) {
  Start({{.source = "a"}});
  sources.Put("a", LoadedModel{ThreeLabelModel(), "m", ""});
  const Json report = lifecycle->Reload();
  EXPECT_EQ(report.array()[0].Find("result")->string(), "refused");
  EXPECT_THAT(report.Dump(), HasSubstr("labels"));
  EXPECT_EQ(Serving(), kA);
}

TEST_F(ModelLifecycleTest, AnUnreachableSourceIsAskedLessAndLess) {
  Start({{.source = "a"}});
  sources.SetReachable(false);
  sources.questions = 0;
  for (int at = 100; at < 100 + 1000; at += 10) Poll(at);
  // After 20, 40, 80, 160 s and then every 300 s: 0, 20, 60, 140, 300, 600, 900.
  EXPECT_EQ(sources.questions, 7);
  EXPECT_EQ(Serving(), kA);
}

TEST_F(ModelLifecycleTest, AVersionOfTheRegistryBecomesTheServedVersion) {
  sources.Put("alias", LoadedModel{ModelWithIntercept(0.25, 'a'), "m", "3"});
  Start({{.source = "alias"}});
  EXPECT_EQ(lifecycle->repository()->Snapshot()->default_model()->version(), "3");
  sources.Put("alias", LoadedModel{ModelWithIntercept(1, 'b'), "m", "2"});  // rolled back
  Poll(100);
  EXPECT_EQ(lifecycle->repository()->Snapshot()->default_model()->version(), "2");
  EXPECT_EQ(lifecycle->repository()->Snapshot()->models().size(), 1u);
}

TEST_F(ModelLifecycleTest, AVersionThatWasAskedForStays) {
  sources.Put("alias", LoadedModel{ModelWithIntercept(0.25, 'a'), "m", "3"});
  Start({{.source = "alias", .name = "n", .version = "7"}});
  sources.Put("alias", LoadedModel{ModelWithIntercept(1, 'b'), "m", "4"});
  Poll(100);
  EXPECT_EQ(lifecycle->repository()->Snapshot()->Find("n", "7")->classifier().version(), kB);
}

TEST_F(ModelLifecycleTest, AReloadOfTheSameModelChangesNothing) {
  Start({{.source = "a"}});
  const auto before = lifecycle->repository()->Snapshot()->default_model();
  EXPECT_EQ(lifecycle->Reload().array()[0].Find("result")->string(), "unchanged");
  EXPECT_EQ(lifecycle->repository()->Snapshot()->default_model(), before);
}

TEST_F(ModelLifecycleTest, LoadingAddsAndReplaces) {
  Start({{.source = "a"}});
  EXPECT_THAT(lifecycle->Load({.source = "b", .name = "m", .version = "2"}), IsOk());
  EXPECT_EQ(Serving(), kB);
  EXPECT_THAT(lifecycle->Load({.source = "a", .name = "m", .version = "2"}), IsOk());
  EXPECT_EQ(Serving(), kA);
  EXPECT_EQ(lifecycle->repository()->Snapshot()->models().size(), 2u);
}

TEST_F(ModelLifecycleTest, TheDefaultModelCannotBeUnloadedAltogether) {
  Start({{.source = "a"}});
  ASSERT_THAT(lifecycle->Load({.source = "b", .name = "m", .version = "2"}), IsOk());
  EXPECT_THAT(lifecycle->Unload("m", ""), IsError(ErrorCode::kConflict, HasSubstr("default")));
  EXPECT_THAT(lifecycle->Unload("m", "3"), IsError(ErrorCode::kNotFound, HasSubstr("version '3'")));
  EXPECT_THAT(lifecycle->Unload("m", "2"), IsOk());
  EXPECT_EQ(Serving(), kA);
}

TEST_F(ModelLifecycleTest, ACanaryIsCalledByItsVersionAndNotWithoutOne) {
  Start({{.source = "a"}, {.source = "b", .role = ModelRole::kCanary, .weight = 0.5}});
  EXPECT_EQ(Serving(), kA);
  const auto set = lifecycle->repository()->Snapshot();
  EXPECT_EQ(set->Find("m", "2")->classifier().version(), kB);
  ASSERT_NE(set->FindTraffic("m"), nullptr);
  EXPECT_EQ(set->FindTraffic("")->canary_weight, 0.5);
  EXPECT_THAT(lifecycle->SetCanaryWeight("", 1), IsOk());
  EXPECT_EQ(lifecycle->repository()->Snapshot()->FindTraffic("m")->canary_weight, 1);
  EXPECT_THAT(lifecycle->End(ModelRole::kCanary, ""), IsOk());
  EXPECT_EQ(lifecycle->repository()->Snapshot()->models().size(), 1u);
  EXPECT_THAT(lifecycle->End(ModelRole::kCanary, ""), IsError(ErrorCode::kNotFound, HasSubstr("canary")));
}

TEST_F(ModelLifecycleTest, ACanaryThatWasPromotedRestsUntilItDiffers) {
  Start({{.source = "a"}, {.source = "b", .role = ModelRole::kCanary, .weight = 1}});
  sources.Put("a", LoadedModel{ModelWithIntercept(-5, 'b'), "m", ""});
  Poll(100);
  EXPECT_EQ(lifecycle->repository()->Snapshot()->FindTraffic("m"), nullptr);
  sources.Put("b", LoadedModel{ModelWithIntercept(7, 'c'), "m", ""});
  Poll(200);
  EXPECT_NE(lifecycle->repository()->Snapshot()->FindTraffic("m"), nullptr);
}

TEST_F(ModelLifecycleTest, TheCanaryAnswersItsShareAndSaysSo) {
  Start({{.source = "a"}, {.source = "b", .role = ModelRole::kCanary, .weight = 0.3}});
  Service service(lifecycle->repository(), {.threads = 1});
  int canaries = 0;
  for (int i = 0; i < 1000; ++i) {
    net::HttpRequest request;
    const std::string body = R"({"text":")" + std::to_string(i) + R"("})";
    request.method = "POST";
    request.path = "/v1/predict";
    request.body = body;
    request.header = [](std::string_view name) { return name == "Content-Type" ? "application/json" : ""; };
    net::HttpResponse response;
    service.Handle(0, request, &response);
    const bool canary = response.body.find(kB) != std::string::npos;
    EXPECT_EQ(response.extra_headers.find(kB) != std::string::npos, canary);
    canaries += canary;
  }
  EXPECT_NEAR(canaries, 300, 58);  // four standard deviations: 4 sqrt(1000 * 0.3 * 0.7)
}

TEST_F(ModelLifecycleTest, TheShadowCountsAndNeverAnswers) {
  Start({{.source = "a"}, {.source = "b", .role = ModelRole::kShadow}});
  Service service(lifecycle->repository(), {.threads = 1});
  net::HttpRequest request;
  request.method = "POST";
  request.path = "/v1/predict";
  // Scores 1.75 and -1.75 of the champion, -3.5 and -7 of the shadow: one disagreement.
  request.body = R"({"texts":["good","bad"]})";
  request.header = [](std::string_view name) { return name == "Content-Type" ? "application/json" : ""; };
  net::HttpResponse response;
  service.Handle(0, request, &response);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.find(kB), std::string::npos);
  const auto shadow = [&] { return lifecycle->Describe().Find("models")->array()[1]; };
  const auto deadline = ModelLifecycle::Clock::now() + seconds(10);
  while (shadow().Find("texts")->integer() < 2 && ModelLifecycle::Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(shadow().Find("texts")->integer(), 2);
  EXPECT_EQ(shadow().Find("disagreements")->integer(), 1);
  EXPECT_EQ(shadow().Find("dropped")->integer(), 0);
  EXPECT_EQ(lifecycle->repository()->Snapshot()->models().size(), 1u);
}

TEST_F(ModelLifecycleTest, ACanaryNeedsAModelToStandBeside) {
  EXPECT_THAT(ModelLifecycle::Start({{.source = "a"}, {.source = "b", .name = "x", .role = ModelRole::kCanary}},
                                    sources.Loader(), 1),
              IsError(ErrorCode::kNotFound, HasSubstr("'x'")));
}

}  // namespace
}  // namespace valence::serving
