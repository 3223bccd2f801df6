// SPDX-License-Identifier: Apache-2.0
#include "../router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "../routes.h"
#include "asker.h"

namespace valence::serving {
namespace {

void First(Exchange&) {}
void Second(Exchange&) {}
void Shape(const HttpError&, net::HttpResponse*) {}
void OtherShape(const HttpError&, net::HttpResponse*) {}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router_.Add({"GET", "/v2/models/{model}", First, Shape});
    router_.Add({"GET", "/v2/models/{model}/versions/{version}", First, Shape, "/v2/models/{model}"});
    router_.Add({"POST", "/v1/models/{model}:predict", Second});
    router_.Add({"GET", "/v1/models/{model}", First});
    router_.Add({"GET", "/b", First});
    router_.Add({"GET", "/a", First});
    router_.Add({"POST", "/a", Second});
    router_.AddErrorShape("/v2", Shape);
    router_.AddErrorShape("/v2/repository", OtherShape);
  }

  Handler Find(std::string_view method, std::string_view path) {
    const auto match = router_.Find(method, path, &parameters_);
    return match.route == nullptr ? nullptr : match.route->handler;
  }

  Router router_;
  PathParameters parameters_;
};

TEST_F(RouterTest, TellsMethodsAndPathsApart) {
  EXPECT_EQ(Find("GET", "/a"), &First);
  EXPECT_EQ(Find("POST", "/a"), &Second);
  EXPECT_EQ(Find("GET", "/b"), &First);
  EXPECT_EQ(Find("GET", "/"), nullptr);
  EXPECT_EQ(Find("GET", "/a/"), nullptr);
  EXPECT_EQ(Find("GET", "/ab"), nullptr);
}

TEST_F(RouterTest, HeadComesWithGet) {
  EXPECT_EQ(Find("HEAD", "/b"), &First);
  EXPECT_EQ(Find("HEAD", "/v1/models/m:predict"), nullptr);
}

TEST_F(RouterTest, FillsGaps) {
  EXPECT_EQ(Find("GET", "/v2/models/a.b-c/versions/12"), &First);
  EXPECT_EQ(parameters_["model"], "a.b-c");
  EXPECT_EQ(parameters_["version"], "12");
  EXPECT_EQ(parameters_["other"], "");
  EXPECT_EQ(Find("GET", "/v2/models/m"), &First);
  EXPECT_EQ(parameters_["version"], "");
}

TEST_F(RouterTest, AGapHoldsNeitherSlashNorColonAndIsNotEmpty) {
  EXPECT_EQ(Find("POST", "/v1/models/m:predict"), &Second);
  EXPECT_EQ(parameters_["model"], "m");
  EXPECT_EQ(Find("GET", "/v1/models/m:predict"), nullptr);
  EXPECT_EQ(Find("GET", "/v1/models/m:other"), nullptr);
  EXPECT_EQ(Find("GET", "/v2/models/"), nullptr);
  EXPECT_EQ(Find("GET", "/v2/models/a/b"), nullptr);
}

TEST_F(RouterTest, NamesTheMethodsThereAre) {
  EXPECT_EQ(router_.Find("PUT", "/a", &parameters_).allow, "GET, HEAD, POST");
  EXPECT_EQ(router_.Find("GET", "/v1/models/m:predict", &parameters_).allow, "POST");
  EXPECT_EQ(router_.Find("GET", "/nowhere", &parameters_).allow, "");
}

TEST_F(RouterTest, WordsErrorsByTheLongestPrefixOfWholeSegments) {
  EXPECT_EQ(router_.ErrorsAt("/v2/nowhere"), &Shape);
  EXPECT_EQ(router_.ErrorsAt("/v2"), &Shape);
  EXPECT_EQ(router_.ErrorsAt("/v2/repository/nowhere"), &OtherShape);
  EXPECT_EQ(router_.ErrorsAt("/v2/repositoryx"), &Shape);
  EXPECT_EQ(router_.ErrorsAt("/v22"), &WriteError);
  EXPECT_EQ(router_.ErrorsAt("/v2/models/m"), &Shape);
  EXPECT_EQ(router_.ErrorsAt(""), &WriteError);
}

TEST_F(RouterTest, LabelsAreAClosedSet) {
  EXPECT_EQ(router_.labels(),
            (std::vector<std::string_view>{"unknown", "/v2/models/{model}", "/v1/models/{model}:predict",
                                           "/v1/models/{model}", "/b", "/a"}));
  EXPECT_EQ(router_.Find("GET", "/nowhere", &parameters_).label, 0u);
  EXPECT_EQ(router_.Find("GET", "/v2/models/m/versions/1", &parameters_).label, 1u);
  EXPECT_EQ(router_.Find("PUT", "/a", &parameters_).label, 5u);
}

TEST(Routes, EveryRouteIsFoundByItsOwnPattern) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route* const route : Routes().routes()) {
    EXPECT_TRUE(seen.emplace(route->method, route->pattern).second) << route->pattern;
    std::string path(route->pattern);
    for (std::size_t at = path.find_first_of("{}"); at != std::string::npos; at = path.find_first_of("{}")) {
      path.erase(at, 1);
    }
    PathParameters parameters;
    EXPECT_EQ(Routes().Find(route->method, path, &parameters).route, route) << path;
  }
}

/// "GET /path" for each operation of the OpenAPI document.
std::set<std::string> DescribedOperations() {
  std::set<std::string> operations;
  const Json document = Json::Parse(Asker().Get("/openapi.json").body).value();
  for (const auto& [path, methods] : document.Find("paths")->object()) {
    for (const auto& [method, operation] : methods.object()) {
      operations.insert((method == "get" ? "GET " : method == "post" ? "POST " : method + " ") + path);
    }
  }
  return operations;
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  std::set<std::string> routes;
  for (const Route* const route : Routes().routes()) {
    if (route->pattern.starts_with("/inference.")) continue;  // gRPC's are described by reflection
    routes.insert(std::string(route->method) + " " + std::string(route->pattern));
  }
  EXPECT_EQ(DescribedOperations(), routes);
}

}  // namespace
}  // namespace valence::serving
