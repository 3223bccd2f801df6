// SPDX-License-Identifier: Apache-2.0
#include "aws_signing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "rest_test_support.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Environment WithKeys(std::map<std::string, std::string> more) {
  more.insert({{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "very-secret"}, {"AWS_REGION", "eu-west-1"}});
  return [more](const std::string& name) {
    const auto found = more.find(name);
    return found == more.end() ? std::string() : found->second;
  };
}

Stores OpenSigned(const TestServer& server, const Environment& environment) {
  RestOptions options = FastOptions(server.Url(""));
  options.username = "user";
  options.password = "pw";
  Result<net::HttpPrepare> sign = internal::MakeAwsSigner(environment);
  EXPECT_THAT(sign, IsOk());
  options.sign = *std::move(sign);
  return OpenRest(options).value();
}

TEST(AwsSigning, SignsCallsInPlaceOfPasswords) {
  TestServer server([](int, const std::string&) { return JsonReply(kRunReply); });
  const Stores stores = OpenSigned(server, WithKeys({{"AWS_SESSION_TOKEN", "session"}}));
  ASSERT_THAT(stores.tracking->GetRun("a"), IsOk());
  EXPECT_THAT(server.requests()[0],
              AllOf(HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=AKID/"),
                    HasSubstr("/eu-west-1/execute-api/aws4_request"), HasSubstr("X-Amz-Security-Token: session\r\n"),
                    Not(HasSubstr("Basic")), Not(HasSubstr("very-secret"))));
}

TEST(AwsSigning, SignsTheBytesOfAFile) {
  const TempDir folder;
  ASSERT_THAT(WriteFile(folder / "model.bin", "weights"), IsOk());
  TestServer server([](int, const std::string&) { return MakeKeptReply("200 OK", ""); });
  const Stores stores = OpenSigned(server, WithKeys({}));
  ASSERT_THAT(stores.tracking->UploadArtifact("mlflow-artifacts:/1/r/artifacts", "model.bin", folder / "model.bin"),
              IsOk());
  EXPECT_THAT(server.requests()[0], HasSubstr("x-amz-content-sha256: " + Sha256Hex("weights")));
}

TEST(AwsSigning, SignsEachAttemptAnew) {
  TestServer server([](int n, const std::string&) {
    return n == 0 ? MakeKeptReply("503 Service Unavailable", "") : JsonReply(kRunReply);
  });
  ASSERT_THAT(OpenSigned(server, WithKeys({})).tracking->GetRun("a"), IsOk());
  const std::string again = server.requests()[1];
  EXPECT_EQ(again.find("Authorization:"), again.rfind("Authorization:"));
  EXPECT_EQ(again.find("X-Amz-Date:"), again.rfind("X-Amz-Date:"));
}

TEST(AwsSigning, ExplainsWhatAwsRefuses) {
  TestServer server([](int, const std::string&) {
    return MakeKeptReply(
        "403 Forbidden",
        R"({"message":"The request signature we calculated does not match the signature you provided."})");
  });
  EXPECT_THAT(OpenSigned(server, WithKeys({})).tracking->GetRun("a"),
              IsError(ErrorCode::kFailedPrecondition, AllOf(HasSubstr("AWS_REGION"), HasSubstr("clock"))));
  TestServer denying([](int, const std::string&) {
    return MakeKeptReply("403 Forbidden", R"({"Message":"User: u is not authorized to perform: execute-api:Invoke"})");
  });
  EXPECT_THAT(OpenSigned(denying, WithKeys({})).tracking->GetRun("a"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("not authorized to perform: execute-api:Invoke")));
}

}  // namespace
}  // namespace valence::tracking
