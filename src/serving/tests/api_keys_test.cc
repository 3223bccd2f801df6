// SPDX-License-Identifier: Apache-2.0
#include "guard/api_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/serving/api_key.h"

namespace valence::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class ApiKeysTest : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const ApiKeys>> Load(std::string_view text, const ApiKeys* former = nullptr) {
    EXPECT_TRUE(WriteFile(path_, text).has_value());
    return ApiKeys::Load(path_, former);
  }
  std::string ErrorOf(std::string_view text) {
    const auto keys = Load(text);
    return keys.has_value() ? "no error" : keys.error().message;
  }

  TempDir folder_;
  std::string path_ = (folder_ / "keys").string();
};

TEST_F(ApiKeysTest, FindsWhoHasASecret) {
  const auto ci = MakeApiKey("ci").value(), app = MakeApiKey("app-1", 2.5).value();
  const auto keys = Load("# keys\n\n" + ci.line + "\r\n" + app.line).value();
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ(keys->Find(ci.secret)->name, "ci");
  EXPECT_EQ(keys->Find(ci.secret)->rate, 0);
  EXPECT_EQ(keys->Find(app.secret)->name, "app-1");
  EXPECT_EQ(keys->Find(app.secret)->rate, 2.5);
}

TEST_F(ApiKeysTest, FindsNobodyForOtherSecrets) {
  const auto ci = MakeApiKey("ci").value();
  const auto keys = Load(ci.line).value();
  for (const std::string& secret : {std::string(), ci.secret + "x", ci.secret.substr(1), std::string(300, 'x'),
                                    ci.line.substr(3)}) {  // what the file holds opens nothing
    EXPECT_EQ(keys->Find(secret), nullptr) << secret;
  }
}

TEST_F(ApiKeysTest, ReadsDigestsOfAnyOrigin) {
  EXPECT_EQ(Load("a:" + Sha256Hex("open sesame")).value()->Find("open sesame")->name, "a");
}

TEST_F(ApiKeysTest, NamesTheLineThatIsWrongButNotItsDigest) {
  const std::string hex = Sha256Hex("s");
  for (const std::string& line : {std::string("a"), "a:" + hex.substr(1), "a:g" + hex.substr(1), "a b:" + hex,
                                  ":" + hex, "a:" + hex + ":0", "a:" + hex + ":x", "a:" + hex + ":-1"}) {
    const std::string error = ErrorOf("#\n" + line);
    EXPECT_THAT(error, HasSubstr("keys:2: ")) << line;
    EXPECT_THAT(error, Not(HasSubstr(hex.substr(1)))) << line;
  }
  EXPECT_THAT(ErrorOf("a:" + hex + "\na:" + hex), HasSubstr("keys:2: 'a' is there already"));
}

TEST_F(ApiKeysTest, BucketsOutliveAReload) {
  const auto key = MakeApiKey("a", 1).value();
  const auto before = Load(key.line).value();
  const auto after = Load(key.line + "\nb:" + Sha256Hex("s"), before.get()).value();
  EXPECT_EQ(after->Find(key.secret)->bucket, before->Find(key.secret)->bucket);
}

TEST_F(ApiKeysTest, SecretsComeInTwoHeaders) {
  const auto secret_of = [](std::string_view name, std::string_view value) {
    net::HttpRequest request;
    request.header = [=](std::string_view asked) { return asked == name ? value : std::string_view(); };
    return std::string(SecretOf(request));
  };
  EXPECT_EQ(secret_of("Authorization", "Bearer vk_1"), "vk_1");
  EXPECT_EQ(secret_of("Authorization", "bEARER  vk_1"), "vk_1");
  EXPECT_EQ(secret_of("Authorization", "Basic dXNlcg=="), "");
  EXPECT_EQ(secret_of("X-Api-Key", "vk_1"), "vk_1");
}

TEST(ApiKey, IsLongRandomAndStoredAsADigest) {
  const auto key = MakeApiKey("a").value();
  EXPECT_THAT(key.secret, MatchesRegex("vk_[A-Za-z0-9_-]{43}"));
  EXPECT_EQ(key.line, "a:" + Sha256Hex(key.secret));
  EXPECT_NE(key.secret, MakeApiKey("a").value().secret);
  EXPECT_THAT(MakeApiKey("a", 0.5).value().line, ::testing::EndsWith(":0.5"));
}

TEST(ApiKey, RefusesNamesThatWouldNotReadBack) {
  for (const std::string& name : {std::string(), std::string("a:b"), std::string("a b"), std::string(65, 'a')}) {
    EXPECT_FALSE(MakeApiKey(name).has_value()) << name;
  }
  EXPECT_FALSE(MakeApiKey("a", -1).has_value());
}

}  // namespace
}  // namespace valence::serving
