// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "rest_test_support.h"
#include "support/matchers.h"
#include "valence/base/clock.h"

namespace valence::tracking {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Stores Open(const RestOptions& options) {
  Result<Stores> stores = OpenRest(options);
  EXPECT_THAT(stores, IsOk());
  return *std::move(stores);
}

NewRun MakeRun() { return {"1", "calm-owl", "me", 5, {{std::string(kClientRequestId), "req-1"}}}; }

TEST(RestStore, SendsOneConnectionAndTheCredentials) {
  TestServer server([](int, const std::string&) { return JsonReply(kRunReply); });
  RestOptions options = FastOptions(server.Url("/prefix"));
  options.username = "user";
  options.password = "secret";
  const Stores stores = Open(options);
  ASSERT_THAT(stores.tracking->GetRun("a b"), IsOk());
  ASSERT_THAT(stores.tracking->GetRun("c"), IsOk());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(RequestLine(server.requests()[0]), "GET /prefix/api/2.0/mlflow/runs/get?run_id=a%20b");
  EXPECT_THAT(server.requests()[0], HasSubstr("Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"));  // user:secret
}

TEST(RestStore, TakesUserAndPasswordFromTheAddressAndNeverShowsThem) {
  TestServer server(
      [](int, const std::string&) { return MakeKeptReply("401 Unauthorized", "You are not authenticated"); });
  std::string uri = server.Url("");
  uri.insert(uri.find("//") + 2, "me:p%40ss@");
  const Stores stores = Open(FastOptions(uri));
  EXPECT_THAT(stores.tracking->GetRun("a"),
              IsError(ErrorCode::kFailedPrecondition,
                      AllOf(HasSubstr("refused the credentials"), HasSubstr("MLFLOW_TRACKING_USERNAME"),
                            Not(HasSubstr("p%40ss")), Not(HasSubstr("p@ss")))));
  EXPECT_EQ(stores.tracking->uri().find("me"), std::string::npos);
  EXPECT_THAT(server.requests()[0], HasSubstr("Authorization: Basic bWU6cEBzcw==\r\n"));  // me:p@ss
}

TEST(RestStore, ExplainsTheGuardAgainstDnsRebinding) {
  TestServer server([](int, const std::string&) {
    return MakeKeptReply("403 Forbidden", "Invalid Host header - possible DNS rebinding attack detected");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("--allowed-hosts \"127.0.0.1,localhost:*\"")));
}

TEST(RestStore, TakesAPlain404ForARouteThatIsNotThere) {
  TestServer server([](int, const std::string&) {
    return MakeKeptReply("404 Not Found", R"({"error":"unsupported endpoint, please contact support@dagshub.com"})");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kUnimplemented, HasSubstr("unsupported endpoint")));
}

TEST(RestStore, TakesMlflowsOwn404ForAnAbsentThing) {
  TestServer server([](int, const std::string&) {
    return ErrorReply("404 Not Found", "RESOURCE_DOES_NOT_EXIST", "Run with id=a not found");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kNotFound, HasSubstr("Run with id=a not found")));
}

TEST(RestStore, RepeatsServerErrorsAndSaysHowOften) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("502 Bad Gateway", "<html>\n<h1>Bad</h1>"); });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kUnavailable, HasSubstr("HTTP 502 after 3 attempts: <html> <h1>Bad</h1>")));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(RestStore, SaysThatHtmlIsNoMlflow) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", "<html>Please sign in</html>"); });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kUnavailable, HasSubstr("is this an MLflow server, or a proxy's login page?")));
}

TEST(RestStore, RefusesJsonThatIsCutShort) {
  TestServer server([](int, const std::string&) { return JsonReply(R"({"run":{"info":)"); });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->GetRun("a"),
              IsError(ErrorCode::kUnavailable, HasSubstr("not MLflow's JSON")));
}

TEST(RestStore, WaitsAsLongAsRetryAfterAsks) {
  TestServer server([](int n, const std::string&) {
    return n == 0 ? MakeKeptReply("429 Too Many Requests", "slow down", "Retry-After: 1\r\n") : JsonReply("{}");
  });
  const Stopwatch watch;
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->UpdateRun("a", RunStatus::kFinished, 1), IsOk());
  EXPECT_GE(watch.seconds(), 1.0);
}

TEST(RestStore, GivesUpOnAServerThatHangs) {
  TestServer server([](int, const std::string&) { return Reply{"", true}; });
  RestOptions options = FastOptions(server.Url(""));
  options.http.attempt_timeout = milliseconds(50);
  EXPECT_THAT(Open(options).tracking->GetRun("a"), IsError(ErrorCode::kUnavailable, HasSubstr("after 3 attempts")));
}

TEST(RestStore, LooksForTheRunBeforeItMakesItAgain) {
  // The first create is done, but its answer is lost: the connection ends after it was sent.
  TestServer server([](int, const std::string& request) {
    if (RequestLine(request).ends_with("runs/create")) return Reply{"", false};
    return JsonReply(R"({"runs":[{"info":{"run_id":"made","status":"RUNNING"}}]})");
  });
  const auto run = Open(FastOptions(server.Url(""))).tracking->CreateRun(MakeRun());
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->run_id, "made");
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(server.requests()[1], HasSubstr("tags.`valence.client_request_id` = 'req-1'"));
}

TEST(RestStore, MakesTheRunAgainIfItIsNotThere) {
  int creates = 0;
  TestServer server([&](int, const std::string& request) {
    if (!RequestLine(request).ends_with("runs/create")) return JsonReply("{}");
    return creates++ == 0 ? MakeKeptReply("500 Internal Server Error", "boom") : JsonReply(kRunReply);
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->CreateRun(MakeRun()), IsOk());
  EXPECT_EQ(creates, 2);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(RestStore, NeverRepeatsACreateThatCannotBeFoundAgain) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("500 Internal Server Error", "boom"); });
  NewRun run = MakeRun();
  run.tags.clear();
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->CreateRun(run),
              IsError(ErrorCode::kUnavailable, HasSubstr("boom")));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(RestStore, TakesAnExperimentThatSomebodyElseMade) {
  int asked = 0;
  TestServer server([&](int, const std::string& request) {
    if (RequestLine(request).find("create") != std::string::npos) {
      return ErrorReply("400 Bad Request", "RESOURCE_ALREADY_EXISTS", "Experiment 'e' already exists");
    }
    return asked++ == 0 ? ErrorReply("404 Not Found", "RESOURCE_DOES_NOT_EXIST", "none")
                        : JsonReply(R"({"experiment":{"experiment_id":"7","name":"e","lifecycle_stage":"active"}})");
  });
  const auto experiment = Open(FastOptions(server.Url(""))).tracking->EnsureExperiment("e");
  ASSERT_THAT(experiment, IsOk());
  EXPECT_EQ(experiment->experiment_id, "7");
}

TEST(RestStore, SaysHowToRestoreADeletedExperiment) {
  TestServer server([](int, const std::string&) {
    return JsonReply(R"({"experiment":{"experiment_id":"7","name":"e","lifecycle_stage":"deleted"}})");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->EnsureExperiment("e"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("mlflow experiments restore --experiment-id 7")));
}

TEST(RestStore, ReadsAllPagesOfAHistoryInOrderOfSteps) {
  TestServer server([](int n, const std::string&) {
    return JsonReply(n == 0 ? R"({"metrics":[{"key":"a","value":2,"step":2}],"next_page_token":"more"})"
                            : R"({"metrics":[{"key":"a","value":1,"step":1}]})");
  });
  EXPECT_THAT(Open(FastOptions(server.Url(""))).tracking->MetricHistory("r", "a"),
              IsOkAndHolds(testing::ElementsAre(Metric{"a", 1, 0, 1}, Metric{"a", 2, 0, 2})));
  EXPECT_THAT(server.requests()[1], HasSubstr("page_token=more"));
}

TEST(RestStore, AsksOnceWhatTheServerCanDo) {
  TestServer server([](int, const std::string& request) {
    const bool is_new =
        request.find("logged-models") != std::string::npos || request.find("alias") != std::string::npos;
    return is_new ? MakeKeptReply("404 Not Found", "<html>") : JsonReply("{}");
  });
  const Stores stores = Open(FastOptions(server.Url("")));
  const auto can = stores.tracking->Probe();
  ASSERT_THAT(can, IsOk());
  EXPECT_FALSE(can->logged_models);
  EXPECT_TRUE(can->registry);
  EXPECT_FALSE(can->aliases);
  EXPECT_TRUE(can->stages);
  const std::size_t asked = server.requests().size();
  EXPECT_THAT(stores.tracking->Probe(), IsOk());
  EXPECT_THAT(stores.tracking->CreateLoggedModel({"1", "m", "", "r", {}, {}}),
              IsError(ErrorCode::kUnimplemented, HasSubstr("no logged models")));
  EXPECT_EQ(server.requests().size(), asked);
}

TEST(RestStore, TakesARepeatedOutputForDone) {
  TestServer server([](int, const std::string& request) {
    if (RequestLine(request).starts_with("POST")) return ErrorReply("400 Bad Request", "BAD_REQUEST", "UNIQUE failed");
    return JsonReply(
        R"({"run":{"info":{"run_id":"r","status":"RUNNING"},"outputs":{"model_outputs":[{"model_id":"m-1"}]}}})");
  });
  const Stores stores = Open(FastOptions(server.Url("")));
  EXPECT_THAT(stores.tracking->LogOutput("r", {"m-1", 0}), IsOk());
  EXPECT_THAT(stores.tracking->LogOutput("r", {"m-2", 0}), IsError(ErrorCode::kInvalidArgument, HasSubstr("UNIQUE")));
}

TEST(RestRegistry, TakesThe400OfAnAbsentAliasForNotFound) {
  TestServer server([](int, const std::string&) {
    return ErrorReply("400 Bad Request", "INVALID_PARAMETER_VALUE", "Registered model alias champion not found.");
  });
  const Stores stores = Open(FastOptions(server.Url("")));
  EXPECT_THAT(stores.registry->GetVersionByAlias("s", "champion"),
              IsError(ErrorCode::kNotFound, HasSubstr("alias champion not found")));
  EXPECT_THAT(stores.registry->DeleteAlias("s", "champion"), IsOk());
}

TEST(RestRegistry, LooksForTheVersionBeforeItMakesItAgain) {
  TestServer server([](int, const std::string& request) {
    if (RequestLine(request).find("create") != std::string::npos) return Reply{"", false};
    return JsonReply(R"({"model_versions":[{"name":"s","version":"9"},{"name":"s","version":"10",)"
                     R"("tags":[{"key":"valence.client_request_id","value":"req-1"}]}]})");
  });
  const auto version =
      Open(FastOptions(server.Url(""))).registry->CreateVersion({"s", "models:/m-1", "", "m-1", "", MakeRun().tags});
  ASSERT_THAT(version, IsOk());
  EXPECT_EQ(version->version, "10");
}

TEST(RestRegistry, AsksAServerWithoutRegistryOnce) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("404 Not Found", "<html>"); });
  const Stores stores = Open(FastOptions(server.Url("")));
  EXPECT_THAT(stores.registry->EnsureModel("s", ""), IsError(ErrorCode::kUnimplemented, HasSubstr("no such route")));
  EXPECT_THAT(stores.registry->ListModels(), IsError(ErrorCode::kUnimplemented, HasSubstr("no model registry")));
  EXPECT_EQ(server.requests().size(), 1u);
}

}  // namespace
}  // namespace valence::tracking
