// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "valence/registry/model_source.h"

namespace valence::registry {
namespace {

using Kind = ModelUri::Kind;
using testing::HasSubstr;

void ExpectUri(const char* text, Kind kind, const char* name, const char* value) {
  const auto uri = ParseModelUri(text);
  ASSERT_THAT(uri, IsOk()) << text;
  EXPECT_EQ(uri->kind, kind) << text;
  EXPECT_EQ(uri->name, name) << text;
  EXPECT_EQ(uri->value, value) << text;
}

TEST(ParseModelUri, TakesEveryFormOfMlflow) {
  ExpectUri("models:/sentiment@champion", Kind::kAlias, "sentiment", "champion");
  ExpectUri("models:/sentiment/12", Kind::kVersion, "sentiment", "12");
  ExpectUri("models:/sentiment/latest", Kind::kLatest, "sentiment", "latest");
  ExpectUri("models:/m-0123456789abcdef", Kind::kLoggedModel, "m-0123456789abcdef", "m-0123456789abcdef");
  ExpectUri("runs:/0123/model/a", Kind::kRun, "0123", "model/a");
}

TEST(ParseModelUri, TakesPathsAndUrls) {
  ExpectUri("models/model.safetensors", Kind::kPath, "", "models/model.safetensors");
  ExpectUri("file:///srv/m.safetensors", Kind::kPath, "", "/srv/m.safetensors");
  ExpectUri("https://example.com/m", Kind::kHttp, "", "https://example.com/m");
  ExpectUri("s3://bucket/key", Kind::kS3, "", "s3://bucket/key");
}

TEST(ParseModelUri, RefusesWhatOnlyLooksLikeOne) {
  for (const char* text : {"models:/", "models:/sentiment", "models:/@champion", "models:/sentiment@", "models:/s/v1",
                           "models:/s/", "runs:/0123", "runs:/0123/", "runs://x"}) {
    EXPECT_THAT(ParseModelUri(text), IsError(ErrorCode::kInvalidArgument, HasSubstr("names no model"))) << text;
  }
  EXPECT_THAT(ParseModelUri("ftp://host/m"), IsError(ErrorCode::kInvalidArgument, HasSubstr("s3://")));
}

}  // namespace
}  // namespace valence::registry
