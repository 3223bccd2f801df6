// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Service, ServesThePageUnderAStrictPolicy) {
  const auto page = Asker().Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.extra_headers, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'; "));
  EXPECT_THAT(page.extra_headers, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(page.extra_headers, HasSubstr("Referrer-Policy: no-referrer\r\n"));
  EXPECT_THAT(page.body, HasSubstr("<form id=\"form\" method=\"post\" action=\"/predict\">"));
  EXPECT_THAT(page.body, HasSubstr("data-labels=\"[&quot;negative&quot;,&quot;positive&quot;]\""));
  EXPECT_THAT(page.body, Not(HasSubstr("{{")));
  EXPECT_THAT(page.body, Not(HasSubstr(" style=")));
}

TEST(Service, ServesWhatThePageNeeds) {
  Asker asker;
  EXPECT_EQ(asker.Get("/static/style.css?v=1").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(asker.Get("/static/page.js").content_type, "text/javascript; charset=utf-8");
  const auto icon = asker.Get("/static/icon.svg");
  EXPECT_EQ(icon.content_type, "image/svg+xml");
  EXPECT_THAT(icon.body, StartsWith("<svg "));
  EXPECT_THAT(icon.extra_headers, HasSubstr("immutable"));
}

TEST(Service, VersionNamesProgramAndModel) {
  const auto json = Json::Parse(Asker().Get("/version").body).value();
  EXPECT_EQ(json.Find("name")->string(), "valence");
  EXPECT_FALSE(json.Find("version")->string().empty());
  const Json& model = *json.Find("model");
  EXPECT_EQ(model.Find("name")->string(), "small");
  EXPECT_THAT(model.Find("version")->string(), StartsWith("sha256:"));
  EXPECT_EQ(model.Find("labels")->Dump(), R"(["negative","positive"])");
  EXPECT_EQ(model.Find("features")->integer(), 4);
  EXPECT_EQ(model.Find("lineage")->Find("train_sha256")->string(), "0123");
}

TEST(Service, IsLiveAndReadyUntilItDrains) {
  Asker asker;
  EXPECT_EQ(asker.Get("/livez").body, "ok\n");
  EXPECT_EQ(asker.Get("/readyz").body, "ok\n");
  EXPECT_THAT(asker.Get("/readyz?verbose").body, HasSubstr("[+]model ok\n"));
  asker.service().BeginDrain();
  EXPECT_EQ(asker.Get("/livez").status, 200);
  EXPECT_EQ(asker.Get("/readyz").status, 503);
  EXPECT_THAT(asker.Get("/readyz?verbose").body, HasSubstr("[-]shutdown failed"));
  EXPECT_EQ(asker.PostJson(R"({"text":"good"})").status, 200);
}

TEST(Service, UnknownPathIs404) {
  const auto answer = Asker().Get("/predictions");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(ErrorPart(answer, "code"), "not_found");
}

TEST(Service, WrongMethodIs405WithAllow) {
  Asker asker;
  const auto get = asker.Get("/predict");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.extra_headers, "Allow: POST\r\n");
  const auto post = asker.Ask("POST", "/metrics", "", "");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.extra_headers, "Allow: GET, HEAD\r\n");
  EXPECT_EQ(ErrorPart(post, "code"), "method_not_allowed");
  EXPECT_EQ(asker.Ask("HEAD", "/metrics", "", "").status, 200);
}

struct TypeCase {
  const char* type;
  int status;
};
class ServiceContentType : public ::testing::TestWithParam<TypeCase> {};

TEST_P(ServiceContentType, DecidesHowTheBodyIsRead) {
  const auto answer = Asker().Ask("POST", "/predict", R"({"text":"good"})", GetParam().type);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
}

INSTANTIATE_TEST_SUITE_P(List, ServiceContentType,
                         ::testing::Values(TypeCase{"application/json", 200},
                                           TypeCase{"Application/JSON; charset=UTF-8", 200},
                                           TypeCase{"application/json; charset=\"utf-8\"", 200},
                                           TypeCase{"application/json; charset=latin-1", 415},
                                           TypeCase{"text/plain", 415}, TypeCase{"", 415},
                                           // What `curl -d` sends when nobody tells it what the body is.
                                           TypeCase{"application/x-www-form-urlencoded", 415}));

TEST(Service, WordsTheErrorsOfTheHttpLayer) {
  Asker asker;
  net::HttpResponse response;
  asker.service().RenderError(1, {413, "request body too large", "/predict"}, &response);
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(ErrorPart(response, "code"), "resource_exhausted");
  EXPECT_EQ(ErrorPart(response, "message"), "request body too large");
  EXPECT_THAT(asker.Get("/metrics").body, HasSubstr("valence_rejected_total{reason=\"body_too_large\"} 1\n"));
}

}  // namespace
}  // namespace valence::serving
