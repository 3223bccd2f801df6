// SPDX-License-Identifier: Apache-2.0
#include "guard/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "guarded.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/serving/api_key.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Guard, NamesEachRequest) {
  Guarded guarded({});
  EXPECT_THAT(guarded.Get("/livez", {{"X-Request-Id", "mine"}}).extra_headers, HasSubstr("X-Request-Id: mine\r\n"));
  EXPECT_THAT(guarded.Get("/livez").extra_headers, HasSubstr("X-Request-Id: "));
}

TEST(Guard, AddsSecurityHeadersWhereAHandlerSaysNothing) {
  Guarded guarded({});
  const auto live = guarded.Get("/livez");
  EXPECT_THAT(live.extra_headers, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(live.extra_headers, HasSubstr("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"));
  EXPECT_THAT(live.extra_headers, HasSubstr("Cache-Control: no-store\r\n"));
  const auto page = guarded.Get("/");
  for (const auto* name : {"X-Content-Type-Options:", "Content-Security-Policy:", "Cache-Control:"}) {
    EXPECT_EQ(Count(page.extra_headers, name), 1u) << name;
  }
  EXPECT_THAT(page.extra_headers, HasSubstr("script-src 'self'"));
}

constexpr std::string_view kOrigin = "https://app.example.com";

TEST(GuardCors, IsOffUnlessAsked) {
  Guarded guarded({});
  EXPECT_EQ(
      guarded.Ask("OPTIONS", "/predict", {{"Origin", "https://a"}, {"Access-Control-Request-Method", "POST"}}).status,
      405);
  EXPECT_THAT(guarded.Get("/livez", {{"Origin", "https://a"}}).extra_headers, Not(HasSubstr("Access-Control")));
}

TEST(GuardCors, AnswersListedOriginsAlone) {
  Guarded guarded({.cors_origins = {std::string(kOrigin)}});
  const auto preflight = [&](std::string origin) {
    return guarded.Ask("OPTIONS", "/predict",
                       {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}});
  };
  const auto allowed = preflight(std::string(kOrigin));
  EXPECT_EQ(allowed.status, 204);
  EXPECT_THAT(allowed.extra_headers, HasSubstr("Access-Control-Allow-Origin: https://app.example.com\r\n"));
  EXPECT_THAT(allowed.extra_headers, HasSubstr("Vary: Origin\r\n"));
  EXPECT_THAT(allowed.extra_headers, Not(HasSubstr("Credentials")));
  for (const char* other : {"https://app.example.com.evil.org", "http://app.example.com", "null"}) {
    EXPECT_EQ(preflight(other).status, 405) << other;
    EXPECT_THAT(guarded.Get("/livez", {{"Origin", other}}).extra_headers, Not(HasSubstr("Access-Control-Allow")))
        << other;
  }
  const auto answer = guarded.Predict(R"({"text":"good"})", {{"Origin", std::string(kOrigin)}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.extra_headers, HasSubstr("Access-Control-Allow-Origin: https://app.example.com\r\n"));
}

TEST(GuardCors, CanBeOpenToEveryone) {
  Guarded guarded({.cors_origins = {"*"}});
  EXPECT_THAT(guarded.Get("/livez", {{"Origin", "https://any"}}).extra_headers,
              HasSubstr("Access-Control-Allow-Origin: *\r\n"));
}

TEST(GuardCors, RefusesWhatIsNoOrigin) {
  Asker asker;
  for (const char* origin : {"app.example.com", "https://a/path", "https://A", "ftp://a", ""}) {
    EXPECT_FALSE(Guard::Make({.cors_origins = {origin}}, &asker.service(), 2).has_value()) << origin;
  }
}

/// Takes everything, answers with its size.
class Measure final : public net::HttpStream {
 public:
  bool Feed(std::string_view bytes, net::HttpResponse*) override {
    size_ += bytes.size();
    return true;
  }
  bool Finish(net::HttpResponse* response) override {
    response->body = std::to_string(size_);
    return true;
  }

 private:
  std::size_t size_ = 0;
};

class GuardKeys : public ::testing::Test {
 protected:
  GuardKeys() { Write(ci_.line); }
  void Write(std::string_view text) { EXPECT_TRUE(WriteFile(path_, text).has_value()); }
  int StatusWith(Guarded& guarded, std::string header, std::string value) {
    return guarded.Predict(R"({"text":"good"})", {{std::move(header), std::move(value)}}).status;
  }

  TempDir folder_;
  std::string path_ = (folder_ / "keys").string();
  ApiKey ci_ = MakeApiKey("ci").value();
};

TEST_F(GuardKeys, OpenToThoseWhoHaveOne) {
  Guarded guarded({.api_keys_file = path_});
  EXPECT_EQ(StatusWith(guarded, "Authorization", "Bearer " + ci_.secret), 200);
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret), 200);
}

TEST_F(GuardKeys, OthersGet401InTheProtocolsShape) {
  Guarded guarded({.api_keys_file = path_});
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret + "x"), 401);
  const auto none = guarded.Predict(R"({"text":"good"})");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(ErrorPart(none, "code"), "unauthenticated");
  EXPECT_THAT(none.extra_headers, HasSubstr("WWW-Authenticate: Bearer"));
  const auto triton = guarded.Get("/v2/models/small");
  EXPECT_EQ(triton.status, 401);
  EXPECT_TRUE(Json::Parse(triton.body).value().Find("error")->is_string());
  EXPECT_EQ(guarded.Get("/metrics").status, 401);
  EXPECT_EQ(guarded.Get("/").status, 401);
}

TEST_F(GuardKeys, HealthIsForEveryone) {
  Guarded guarded({.api_keys_file = path_});
  for (const char* path : {"/livez", "/readyz", "/ping", "/health", "/v2/health/live", "/v2/health/ready"}) {
    EXPECT_EQ(guarded.Get(path).status, 200) << path;
  }
}

TEST_F(GuardKeys, PreflightNeedsNone) {
  Guarded guarded({.cors_origins = {"*"}, .api_keys_file = path_});
  EXPECT_EQ(
      guarded.Ask("OPTIONS", "/predict", {{"Origin", "https://a"}, {"Access-Control-Request-Method", "POST"}}).status,
      204);
}

TEST_F(GuardKeys, ChangeOnReloadUnlessTheFileIsBroken) {
  Guarded guarded({.api_keys_file = path_});
  Write(MakeApiKey("other").value().line);
  guarded.guard().Reload();
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret), 401);
  Write(ci_.line);
  guarded.guard().Reload();
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret), 200);
  Write("broken");
  guarded.guard().Reload();
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret), 200);
}

TEST_F(GuardKeys, AFileWithoutKeysIsAMistake) {
  Asker asker;
  Write("# none\n");
  EXPECT_FALSE(Guard::Make({.api_keys_file = path_}, &asker.service(), 2).has_value());
  EXPECT_FALSE(Guard::Make({.api_keys_file = path_ + "x"}, &asker.service(), 2).has_value());
}

TEST_F(GuardKeys, EachHasItsOwnRate) {
  const auto slow = MakeApiKey("slow", 1).value();
  Write(ci_.line + "\n" + slow.line);
  Guarded guarded({.api_keys_file = path_, .rate_limit = 1000});
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", slow.secret), 200);
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", slow.secret), 429);
  EXPECT_EQ(StatusWith(guarded, "X-Api-Key", ci_.secret), 200);
}

TEST(GuardRate, IsOfAnAddressWhereThereAreNoKeys) {
  Guarded guarded({.rate_limit = 1});
  const auto first = guarded.Predict(R"({"text":"good"})");
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.extra_headers, HasSubstr("RateLimit-Limit: 1\r\nRateLimit-Remaining: 0\r\nRateLimit-Reset: 1\r\n"));
  const auto second = guarded.Predict(R"({"text":"good"})");
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(ErrorPart(second, "code"), "rate_limited");
  EXPECT_THAT(second.extra_headers, HasSubstr("Retry-After: 1\r\n"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guarded.Get("/livez").status, 200);
  guarded.peer = "192.0.2.77";
  EXPECT_EQ(guarded.Predict(R"({"text":"good"})").status, 200);
}

TEST(GuardUnread, ATokenIsTakenOnlyByTheWholeRequest) {
  Guarded guarded({.rate_limit = 2});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(guarded.RefuseUnread()) << i;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(guarded.Predict(R"({"text":"good"})").status, 200) << i;
  const auto unread = guarded.RefuseUnread();
  const auto whole = guarded.Predict(R"({"text":"good"})");
  ASSERT_TRUE(unread);
  EXPECT_EQ(unread->status, 429);
  EXPECT_EQ(unread->body, whole.body);
  EXPECT_THAT(unread->extra_headers, HasSubstr("RateLimit-Limit: 2\r\nRateLimit-Remaining: 0\r\n"));
  EXPECT_THAT(unread->extra_headers, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(unread->extra_headers, HasSubstr("X-Request-Id: "));
  EXPECT_FALSE(guarded.RefuseUnread({}, "OPTIONS"));
}

TEST(GuardUnread, AnOverloadRefusesButIsNotFoundWithoutAWholeRequest) {
  Guarded guarded({.max_queue_delay = std::chrono::milliseconds(5)});
  guarded.waited = std::chrono::milliseconds(6);
  EXPECT_FALSE(guarded.RefuseUnread());
  std::this_thread::sleep_for(OverloadGate::kPatience);
  for (int i = 0; i < 2 * OverloadGate::kEnough; ++i) EXPECT_FALSE(guarded.RefuseUnread()) << i;
  for (int i = 1; i < OverloadGate::kEnough; ++i) guarded.Predict(R"({"text":"good"})");
  std::this_thread::sleep_for(OverloadGate::kPatience);
  EXPECT_EQ(guarded.Predict(R"({"text":"good"})").status, 503);
  const auto unread = guarded.RefuseUnread();
  ASSERT_TRUE(unread);
  EXPECT_EQ(unread->status, 503);
  EXPECT_THAT(unread->extra_headers, HasSubstr("Retry-After: 1\r\n"));
  guarded.waited = std::chrono::milliseconds(4);
  EXPECT_FALSE(guarded.RefuseUnread());
}

TEST(GuardUnread, AFullQueueRefusesWhatHasNotWaitedInAnOverloadOnly) {
  Guarded guarded({.max_queue_delay = std::chrono::milliseconds(5)});
  guarded.queue_is_full = true;
  EXPECT_FALSE(guarded.RefuseUnread());
  guarded.queue_is_full = false;
  guarded.waited = std::chrono::milliseconds(6);
  guarded.Predict(R"({"text":"good"})");
  std::this_thread::sleep_for(OverloadGate::kPatience);
  for (int i = 1; i < OverloadGate::kEnough; ++i) guarded.Predict(R"({"text":"good"})");
  guarded.waited = {};
  EXPECT_FALSE(guarded.RefuseUnread());
  guarded.queue_is_full = true;
  const auto refused = guarded.RefuseUnread();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
}

TEST_F(GuardKeys, AreAskedForBeforeABodyIsRead) {
  const std::string log = (folder_ / "log").string();
  Guarded guarded({.access_log = {.file = log}, .api_keys_file = path_});
  const auto unread = guarded.RefuseUnread({{"X-Request-Id", "mine"}});
  ASSERT_TRUE(unread);
  EXPECT_EQ(unread->status, 401);
  EXPECT_THAT(unread->extra_headers, HasSubstr("WWW-Authenticate: Bearer"));
  EXPECT_FALSE(guarded.RefuseUnread({{"X-Api-Key", ci_.secret}}));
  EXPECT_THAT(guarded.Get("/metrics", {{"X-Api-Key", ci_.secret}}).body,
              HasSubstr("valence_rejected_total{reason=\"unauthenticated\"} 1\n"));
  guarded.Close();
  const std::string lines = ReadFile(log).value();
  EXPECT_EQ(Count(lines, "\n"), 2u);
  EXPECT_THAT(lines, HasSubstr("\"mine\""));
  EXPECT_THAT(lines, HasSubstr(R"("method":"POST","route":"/predict","status":401,"received_bytes":0)"));
}

TEST(GuardOverload, RefusesWhatHasWaitedTooLongOnceItLasts) {
  Guarded guarded({.max_queue_delay = std::chrono::milliseconds(5)});
  guarded.waited = std::chrono::milliseconds(6);
  for (int i = 1; i < OverloadGate::kEnough; ++i) EXPECT_EQ(guarded.Predict(R"({"text":"good"})").status, 200) << i;
  std::this_thread::sleep_for(OverloadGate::kPatience);
  const auto refused = guarded.Predict(R"({"text":"good"})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.extra_headers, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_EQ(guarded.Get("/livez").status, 200);
  EXPECT_EQ(guarded.Get("/readyz").status, 200);
  guarded.waited = std::chrono::milliseconds(4);
  EXPECT_EQ(guarded.Predict(R"({"text":"good"})").status, 200);
}

TEST_F(GuardKeys, AreAskedForBeforeAStreamIsOpened) {
  const std::string log = (folder_ / "log").string();
  Guarded guarded({.access_log = {.file = log}, .api_keys_file = path_});
  const auto open = guarded.guard().Guarding([](int, const net::HttpRequest&) { return std::make_unique<Measure>(); });
  std::string key;
  net::HttpRequest request;
  request.method = "POST";
  request.path = "/predict";
  request.header = [&key](std::string_view name) { return name == "X-Api-Key" ? key : std::string_view(); };
  net::HttpResponse response;
  auto stream = open(0, request);
  EXPECT_FALSE(stream->Feed("12345", &response));
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(response.extra_headers, HasSubstr("X-Request-Id: "));
  response.Clear();
  key = ci_.secret;
  stream = open(0, request);
  EXPECT_TRUE(stream->Feed("12345", &response));
  EXPECT_EQ(response.extra_headers, "");
  EXPECT_TRUE(stream->Finish(&response));
  EXPECT_EQ(response.body, "5");
  EXPECT_THAT(response.extra_headers, HasSubstr("X-Request-Id: "));
  open(0, request).reset();  // the client goes away
  stream.reset();
  guarded.Close();
  const std::string lines = ReadFile(log).value();
  EXPECT_EQ(Count(lines, "\n"), 3u);
  EXPECT_THAT(lines, HasSubstr(R"("status":401,"received_bytes":5)"));
  EXPECT_THAT(
      lines,
      HasSubstr(R"("key":"ci","method":"POST","route":"/predict","status":200,"received_bytes":5,"sent_bytes":1)"));
  EXPECT_THAT(lines, HasSubstr(R"("status":499,"received_bytes":0,"sent_bytes":0)"));
}

class GuardLog : public ::testing::Test {
 protected:
  /// Asks for one prediction; returns its line.
  std::string Line(bool texts) {
    Guarded guarded({.access_log = {.file = path_, .texts = texts}});
    guarded.Predict(R"({"texts":["good words","bad"]})");
    guarded.Close();
    return ReadFile(path_).value();
  }

  TempDir folder_;
  std::string path_ = (folder_ / "access.jsonl").string();
};

TEST_F(GuardLog, SaysWhoAnsweredAndNeverTheText) {
  const std::string text = Line(false);
  EXPECT_THAT(text, Not(HasSubstr("good")));
  const auto line = Json::Parse(text).value();
  EXPECT_EQ(line.Find("method")->string(), "POST");
  EXPECT_EQ(line.Find("route")->string(), "/predict");
  EXPECT_EQ(line.Find("client")->string(), "192.0.2.1");
  EXPECT_EQ(line.Find("status")->integer(), 200);
  EXPECT_EQ(line.Find("model")->string(), "small");
  EXPECT_EQ(line.Find("model_version")->string(), "sha256:aaaaaaaaaaaa");
  EXPECT_EQ(line.Find("received_bytes")->integer(), 30);
  EXPECT_GT(line.Find("sent_bytes")->integer(), 0);
}

TEST_F(GuardLog, HasTheTextsWhenAsked) {
  EXPECT_EQ(Json::Parse(Line(true)).value().Find("texts")->Dump(), R"(["good words","bad"])");
}

TEST_F(GuardLog, HasNoPathThatLeadsNowhere) {
  Guarded guarded({.access_log = {.file = path_}});
  guarded.Get("/what-a-person-typed");
  guarded.Close();
  const std::string text = ReadFile(path_).value();
  EXPECT_THAT(text, Not(HasSubstr("typed")));
  EXPECT_EQ(Json::Parse(text).value().Find("route")->string(), "unknown");
}

TEST_F(GuardLog, HasWhatTheHttpLayerRefused) {
  Guarded guarded({.access_log = {.file = path_}});
  net::HttpResponse response;
  guarded.guard().RenderError(1, {414, "request target too long", "", "192.0.2.9"}, &response);
  guarded.Close();
  const auto line = Json::Parse(ReadFile(path_).value()).value();
  EXPECT_EQ(line.Find("status")->integer(), 414);
  EXPECT_EQ(line.Find("client")->string(), "192.0.2.9");
  EXPECT_THAT(response.extra_headers, HasSubstr("X-Request-Id: " + line.Find("request_id")->string() + "\r\n"));
}

}  // namespace
}  // namespace valence::serving
