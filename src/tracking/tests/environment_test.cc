// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "credentials.h"
#include "rest_uri.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/tracking/run_record.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Environment Of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

TEST(RestOptionsFrom, ReadsCredentialsRetriesAndFiles) {
  const auto options = RestOptionsFrom("http://host", Of({{"MLFLOW_TRACKING_USERNAME", "me"},
                                                          {"MLFLOW_TRACKING_PASSWORD", "pw"},
                                                          {"MLFLOW_TRACKING_TOKEN", "t"},
                                                          {"MLFLOW_WORKSPACE", "team"},
                                                          {"MLFLOW_HTTP_REQUEST_MAX_RETRIES", "7"},
                                                          {"MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "2"},
                                                          {"MLFLOW_HTTP_REQUEST_TIMEOUT", "1.5"},
                                                          {"MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", "false"},
                                                          {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true"},
                                                          {"MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", "5242880"},
                                                          {"MLFLOW_TRUNCATE_LONG_VALUES", "0"}}));
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->username, "me");
  EXPECT_EQ(options->password, "pw");
  EXPECT_EQ(options->token, "t");
  EXPECT_EQ(options->workspace, "team");
  EXPECT_EQ(options->http.retry.attempts, 8);
  EXPECT_EQ(options->http.retry.first_pause, milliseconds(2000));
  EXPECT_EQ(options->http.attempt_timeout, milliseconds(1500));
  EXPECT_FALSE(options->http.retry.respect_retry_after);
  EXPECT_TRUE(options->multipart);
  EXPECT_EQ(options->multipart_chunk, 5'242'880u);
  EXPECT_FALSE(options->truncate_long_values);
}

TEST(RestOptionsFrom, RefusesWhatMlflowRefuses) {
  EXPECT_THAT(RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_INSECURE_TLS", "yes"}})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("MLFLOW_TRACKING_INSECURE_TLS='yes'")));
  EXPECT_THAT(RestOptionsFrom("http://h", Of({{"MLFLOW_HTTP_REQUEST_TIMEOUT", "soon"}})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("MLFLOW_HTTP_REQUEST_TIMEOUT='soon'")));
  EXPECT_THAT(RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_INSECURE_TLS", "true"},
                                              {"MLFLOW_TRACKING_SERVER_CERT_PATH", "ca.pem"}})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("contradict")));
  EXPECT_THAT(RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_AUTH", "plugin"}})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("MLFLOW_TRACKING_AUTH")));
}

TEST(RestOptionsFrom, ReadsWhatKeepsConnectionsAlive) {
  const auto unset = RestOptionsFrom("http://h", Of({}));
  ASSERT_THAT(unset, IsOk());
  EXPECT_TRUE(unset->http.keepalive.enabled);
  EXPECT_EQ(unset->http.keepalive.idle, std::chrono::seconds(30));
  const auto options = RestOptionsFrom("http://h", Of({{"MLFLOW_HTTP_TCP_KEEPALIVE_IDLE", "60"},
                                                       {"MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL", "5"},
                                                       {"MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", "7"},
                                                       {"MLFLOW_HTTP_POOL_MAXSIZE", "1"}}));
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->http.keepalive.idle, std::chrono::seconds(60));
  EXPECT_EQ(options->http.keepalive.interval, std::chrono::seconds(5));
  EXPECT_EQ(options->http.keepalive.count, 7);
  const auto off = RestOptionsFrom("http://h", Of({{"MLFLOW_HTTP_TCP_KEEPALIVE", "False"}}));
  ASSERT_THAT(off, IsOk());
  EXPECT_FALSE(off->http.keepalive.enabled);
}

TEST(RestOptionsFrom, RefusesConnectionsThatCannotBe) {
  const std::map<std::string, std::string> bad{
      {"MLFLOW_HTTP_TCP_KEEPALIVE", "maybe"},        {"MLFLOW_HTTP_TCP_KEEPALIVE_IDLE", "0"},
      {"MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL", "1.5"}, {"MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", "1000"},
      {"MLFLOW_HTTP_POOL_MAXSIZE", "none"},          {"MLFLOW_HTTP_POOL_CONNECTIONS", "0"}};
  for (const auto& [name, value] : bad) {
    EXPECT_THAT(RestOptionsFrom("http://h", Of({{name, value}})),
                IsError(ErrorCode::kInvalidArgument, HasSubstr(name + "='" + value + "': expected")));
  }
}

TEST(RestOptionsFrom, SignsForAwsOnlyWithARegion) {
  EXPECT_THAT(RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_AWS_SIGV4", "true"}})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("AWS_REGION")));
  const auto options =
      RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_AWS_SIGV4", "1"}, {"AWS_DEFAULT_REGION", "eu-west-1"}}));
  ASSERT_THAT(options, IsOk());
  EXPECT_TRUE(options->sign);
  const auto off = RestOptionsFrom("http://h", Of({{"MLFLOW_TRACKING_AWS_SIGV4", "false"}}));
  ASSERT_THAT(off, IsOk());
  EXPECT_FALSE(off->sign);
}

TEST(RestOptionsFrom, TakesTheCredentialsFileWhereTheEnvironmentIsSilent) {
  TempDir home;
  ASSERT_THAT(WriteFile(home / ".mlflow/credentials",
                        "# mine\n[other]\nmlflow_tracking_username = wrong\n[mlflow]\nMLFLOW_TRACKING_USERNAME = me\n"
                        "mlflow_tracking_password = a=b\r\n"),
              IsOk());
  const auto options = RestOptionsFrom("http://h", Of({{"HOME", home.path().string()}}));
  ASSERT_THAT(options, IsOk());
  EXPECT_EQ(options->username, "me");
  EXPECT_EQ(options->password, "a=b");
  const auto other =
      RestOptionsFrom("http://h", Of({{"HOME", home.path().string()}, {"MLFLOW_TRACKING_USERNAME", "you"}}));
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->username, "you");
}

TEST(ReadCredentials, NamesTheLineButNotItsText) {
  TempDir folder;
  ASSERT_THAT(WriteFile(folder / "credentials", "[mlflow]\nsecret\n"), IsOk());
  EXPECT_THAT(internal::ReadCredentials(folder / "credentials"),
              IsError(ErrorCode::kInvalidArgument, AllOf(HasSubstr("credentials:2:"), Not(HasSubstr("secret")))));
}

TEST(TrackingUri, PrefersTheFlagThenTheVariableThenTheLocalStore) {
  const Environment environment = Of({{"MLFLOW_TRACKING_URI", "http://env"}});
  EXPECT_EQ(TrackingUri("http://flag", environment), "http://flag");
  EXPECT_EQ(TrackingUri("", environment), "http://env");
  EXPECT_EQ(TrackingUri("", Of({})), "sqlite:///mlflow.db");
}

TEST(LocalDatabase, ReadsRelativeAndAbsolutePaths) {
  EXPECT_THAT(LocalDatabase("sqlite:///a/b.db"), IsOkAndHolds(std::filesystem::path("a/b.db")));
  EXPECT_THAT(LocalDatabase("sqlite:////a/b.db"), IsOkAndHolds(std::filesystem::path("/a/b.db")));
  EXPECT_THAT(LocalDatabase("./mlruns"), IsError(ErrorCode::kInvalidArgument, HasSubstr("file store")));
  EXPECT_THAT(LocalDatabase("postgresql://h/db"), IsError(ErrorCode::kInvalidArgument, HasSubstr("'postgresql:'")));
}

TEST(OpenStores, KeepsTheRegistryElsewhereIfAsked) {
  TempDir folder;
  const std::string database = "sqlite:///" + (folder / "mlflow.db").string();
  const auto stores = OpenStores("http://127.0.0.1:9/x", Of({{"MLFLOW_REGISTRY_URI", database}}));
  ASSERT_THAT(stores, IsOk());
  EXPECT_EQ(stores->tracking->uri(), "http://127.0.0.1:9/x");
  EXPECT_THAT(stores->registry->uri(), HasSubstr("mlflow.db"));
}

TEST(ApplyEnvironment, TakesExperimentRunAndContext) {
  RunRecord record;
  EXPECT_THAT(ApplyEnvironment(Of({{"MLFLOW_EXPERIMENT_NAME", "e"},
                                   {"MLFLOW_EXPERIMENT_ID", "7"},
                                   {"MLFLOW_RUN_ID", "r"},
                                   {"MLFLOW_ACTIVE_MODEL_ID", "m-1"},
                                   {"MLFLOW_RUN_CONTEXT", R"({"team":"search","n":3})"}}),
                               &record),
              IsOk());
  EXPECT_EQ(record.experiment, "e");
  EXPECT_EQ(record.experiment_id, "7");
  EXPECT_EQ(record.resume_run_id, "r");
  EXPECT_EQ(record.active_model_id, "m-1");
  EXPECT_THAT(record.tags, testing::ElementsAre(Tag{"team", "search"}, Tag{"n", "3"}));
  EXPECT_THAT(ApplyEnvironment(Of({{"MLFLOW_RUN_CONTEXT", "[1]"}}), &record),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("MLFLOW_RUN_CONTEXT")));
}

TEST(ApplyEnvironment, RefusesWhatIsNeitherTrueNorFalse) {
  RunRecord record;
  for (const char* name : {"MLFLOW_ENABLE_ASYNC_LOGGING", "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"}) {
    EXPECT_THAT(ApplyEnvironment(Of({{name, "tRUE"}}), &record), IsOk());
    EXPECT_THAT(ApplyEnvironment(Of({{name, "yes"}}), &record),
                IsError(ErrorCode::kInvalidArgument, HasSubstr(std::string(name) + "='yes': expected true")));
  }
}

TEST(SystemMetricsInterval, FollowsMlflowsVariablesThenTheParameter) {
  constexpr const char* kEnable = "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING";
  constexpr const char* kInterval = "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL";
  EXPECT_THAT(SystemMetricsInterval(Of({}), 1.5), IsOkAndHolds(1.5));
  EXPECT_THAT(SystemMetricsInterval(Of({}), 0), IsOkAndHolds(0.0));
  EXPECT_THAT(SystemMetricsInterval(Of({{kEnable, "false"}}), 1.5), IsOkAndHolds(0.0));
  EXPECT_THAT(SystemMetricsInterval(Of({{kEnable, "true"}}), 1.5), IsOkAndHolds(1.5));
  EXPECT_THAT(SystemMetricsInterval(Of({{kEnable, "true"}}), 0), IsOkAndHolds(10.0));  // MLflow's
  EXPECT_THAT(SystemMetricsInterval(Of({{kInterval, "0.25"}}), 1.5), IsOkAndHolds(0.25));
  EXPECT_THAT(SystemMetricsInterval(Of({{kInterval, "0.25"}}), 0), IsOkAndHolds(0.0));
  EXPECT_THAT(SystemMetricsInterval(Of({{kInterval, "-1"}}), 1.5),
              IsError(ErrorCode::kInvalidArgument, HasSubstr(kInterval)));
}

TEST(ParseServerUri, SplitsAnAddress) {
  const auto server = internal::ParseServerUri("https://u:p%3A@[::1]:5000/a/b/");
  ASSERT_THAT(server, IsOk());
  EXPECT_EQ(server->Base(), "https://[::1]:5000/a/b");
  EXPECT_EQ(server->host(), "[::1]");
  EXPECT_EQ(server->username, "u");
  EXPECT_EQ(server->password, "p:");
  for (const char* bad : {"http:/h", "ftp://h", "http://", "http://:80", "http://h/?q=1"}) {
    EXPECT_THAT(internal::ParseServerUri(bad), IsError(ErrorCode::kInvalidArgument, HasSubstr("address"))) << bad;
  }
}

}  // namespace
}  // namespace valence::tracking
