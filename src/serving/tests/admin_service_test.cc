// SPDX-License-Identifier: Apache-2.0
#include "admin_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"
#include "support/matchers.h"
#include "support/small_model.h"

namespace valence::serving {
namespace {

using testing::HasSubstr;

class AdminServiceTest : public testing::Test {
 protected:
  AdminServiceTest() {
    ModelLoader loader{.load = [](const std::string& source) -> Result<LoadedModel> {
                         if (source == "three") return LoadedModel{ThreeLabelModel(), "m", ""};
                         if (source == "small") return LoadedModel{SmallModel(), "m", ""};
                         return DataCorrupt(source + ": damaged");
                       },
                       .fingerprint = [](const std::string&) -> Result<std::string> { return std::string(); }};
    lifecycle_ = ModelLifecycle::Start({{.source = "small", .name = "m"}}, std::move(loader), 1).value();
  }
  net::HttpResponse Ask(std::string_view method, std::string_view path, std::string_view body = "",
                        std::string_view authorization = "Bearer 0123456789abcdef") {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.header = [authorization](std::string_view name) {
      return name == "Authorization" ? authorization : std::string_view();
    };
    net::HttpResponse response;
    AdminService(lifecycle_.get(), "0123456789abcdef").Handle(request, &response);
    return response;
  }

  std::unique_ptr<ModelLifecycle> lifecycle_;
};

TEST_F(AdminServiceTest, WithoutTheTokenNothingHappens) {
  for (const char* authorization : {"", "Bearer ", "Bearer 0123456789abcdeF", "Basic 0123456789abcdef",
                                    "0123456789abcdef", "Bearer 0123456789abcdef0"}) {
    const auto response = Ask("POST", "/admin/models/m/load", R"({"source":"small","version":"2"})", authorization);
    EXPECT_EQ(response.status, 401) << authorization;
    EXPECT_THAT(response.extra_headers, HasSubstr("WWW-Authenticate: Bearer\r\n"));
  }
  EXPECT_EQ(lifecycle_->repository()->Snapshot()->models().size(), 1u);
}

TEST_F(AdminServiceTest, LoadsAndUnloads) {
  EXPECT_EQ(Ask("POST", "/admin/models/m/load", R"({"source":"small","version":"2"})").body,
            "{\"name\":\"m\",\"version\":\"2\"}\n");
  EXPECT_EQ(lifecycle_->repository()->Snapshot()->Find("m")->version(), "2");
  EXPECT_EQ(Ask("POST", "/admin/models/m/unload", R"({"version":"2"})").status, 200);
  EXPECT_EQ(Ask("POST", "/admin/models/m/unload").status, 409);
}

TEST_F(AdminServiceTest, WhatIsRefusedSaysWhy) {
  const auto damaged = Ask("POST", "/admin/models/m/load", R"({"source":"x"})");
  EXPECT_EQ(damaged.status, 422);
  EXPECT_EQ(ErrorPart(damaged, "message"), "x: damaged");
  const auto labels = Ask("POST", "/admin/models/m/load", R"({"source":"three","version":"2"})");
  EXPECT_EQ(labels.status, 409);
  EXPECT_THAT(ErrorPart(labels, "message"), HasSubstr("labels"));
}

TEST_F(AdminServiceTest, BodiesAreReadStrictly) {
  struct Case {
    const char* path;
    const char* body;
    const char* field;
  };
  for (const Case& c : {Case{"/admin/models/m/load", R"({"src":"x"})", "src"},
                        Case{"/admin/models/m/load", "{}", "source"}, Case{"/admin/models/m/load", "[1]", ""},
                        Case{"/admin/models/m/load", R"({"source":"small","version":"v2"})", "version"},
                        Case{"/admin/canary", R"({"source":"small"})", "weight"},
                        Case{"/admin/canary", R"({"source":"small","weight":1.5})", "weight"},
                        Case{"/admin/shadow", R"({"source":7})", "source"}}) {
    const auto response = Ask("POST", c.path, c.body);
    EXPECT_EQ(response.status, 400) << c.body;
    EXPECT_EQ(ErrorPart(response, "field"), c.field) << c.body;
  }
}

TEST_F(AdminServiceTest, PathsAndMethodsAreAClosedList) {
  EXPECT_EQ(Ask("GET", "/admin").status, 404);
  EXPECT_EQ(Ask("POST", "/admin/models//load").status, 404);
  EXPECT_EQ(Ask("POST", "/admin/models/a/b/load").status, 404);
  const auto response = Ask("GET", "/admin/reload");
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.extra_headers, HasSubstr("Allow: POST\r\n"));
}

TEST_F(AdminServiceTest, StatusAndReloadNameEachModel) {
  EXPECT_THAT(Ask("GET", "/admin/status").body, HasSubstr(R"("role":"served","source":"small")"));
  EXPECT_THAT(Ask("POST", "/admin/reload").body, HasSubstr(R"("result":"unchanged")"));
}

TEST_F(AdminServiceTest, ACanaryOfAnotherNameIsNotFound) {
  EXPECT_EQ(Ask("POST", "/admin/canary", R"({"weight":0.5})").status, 404);
  EXPECT_EQ(Ask("POST", "/admin/canary", R"({"model":"x","source":"small","weight":0.5})").status, 404);
  EXPECT_EQ(Ask("POST", "/admin/shadow", R"({"remove":true})").status, 404);
}

}  // namespace
}  // namespace valence::serving
