// SPDX-License-Identifier: Apache-2.0
#include "valence/net/aws_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "support/test_server.h"
#include "valence/base/files.h"

namespace valence::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AwsCredentialsTest : public testing::Test {
 protected:
  AwsCredentialsTest() {
    variables_ = {{"HOME", folder_.path().string()}, {"AWS_EC2_METADATA_DISABLED", "true"}};
    ::setenv("no_proxy", "127.0.0.1", 1);
  }
  Environment environment() {
    return [this](const std::string& name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::string() : found->second;
    };
  }
  Result<AwsCredentials> Get() { return AwsCredentialChain(environment()).Get(); }
  /// The parts of the credentials in one string, or the error's message.
  std::string Joined() {
    const auto got = Get();
    if (!got.has_value()) return "error: " + got.error().message;
    return got->access_key_id + " " + got->secret_access_key + " " + got->session_token;
  }
  void Write(const std::string& name, const std::string& text) { ASSERT_THAT(WriteFile(folder_ / name, text), IsOk()); }

  TempDir folder_;
  std::map<std::string, std::string> variables_;
};

/// What the endpoints of containers and of EC2 answer; `expires` as ISO 8601.
std::string JsonKeys(const std::string& id, const std::string& expires = "2099-01-01T00:00:00Z") {
  return R"({"AccessKeyId":")" + id + R"(","SecretAccessKey":"S","Token":"T","Expiration":")" + expires + "\"}";
}

std::string StsKeys(const std::string& id) {
  return "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + id +
         "</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>"
         "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
}

TEST_F(AwsCredentialsTest, TakesTheVariablesFirst) {
  Write(".aws/credentials", "[default]\naws_access_key_id = F\naws_secret_access_key = F\n");
  variables_["AWS_ACCESS_KEY_ID"] = "A";
  variables_["AWS_SECRET_ACCESS_KEY"] = "S";
  EXPECT_EQ(Joined(), "A S ");
  variables_["AWS_SESSION_TOKEN"] = "T";
  EXPECT_EQ(Joined(), "A S T");
}

TEST_F(AwsCredentialsTest, HalfAKeyIsAnErrorThatShowsNoKey) {
  variables_["AWS_ACCESS_KEY_ID"] = "AKIA-secret";
  EXPECT_EQ(Joined(), "error: AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
}

TEST_F(AwsCredentialsTest, SaysWhereItLookedWhenThereAreNone) {
  EXPECT_THAT(Get(),
              IsError(ErrorCode::kNotFound, AllOf(StartsWith("no AWS credentials: "), HasSubstr("AWS_ACCESS_KEY_ID"),
                                                  HasSubstr("profile 'default'"), HasSubstr("EC2's metadata"))));
}

TEST_F(AwsCredentialsTest, ReadsProfilesOfBothFiles) {
  Write(".aws/credentials",
        "# a comment\n[default]\naws_access_key_id=A\naws_secret_access_key=S=1/+ \n\n[other]\nAWS_Access_Key_Id = O\n"
        "aws_secret_access_key = P ; old\naws_session_token = Q\n");
  Write(".aws/config", "[profile third]\naws_access_key_id = T\naws_secret_access_key = U\n");
  EXPECT_EQ(Joined(), "A S=1/+ ");
  variables_["AWS_PROFILE"] = "other";
  EXPECT_EQ(Joined(), "O P Q");
  variables_["AWS_PROFILE"] = "third";
  EXPECT_EQ(Joined(), "T U ");
  variables_["AWS_PROFILE"] = "nobody";
  EXPECT_THAT(Joined(), HasSubstr("there is no profile 'nobody' in "));
}

TEST_F(AwsCredentialsTest, AFileThatIsNoProfileFileIsNamedButNotShown) {
  Write(".aws/credentials", "[default]\naws_secret_access_key abcdef\n");
  EXPECT_THAT(Joined(), AllOf(HasSubstr("/.aws/credentials:2: expected 'name = value'"), Not(HasSubstr("abcdef"))));
}

TEST_F(AwsCredentialsTest, RunsAProfilesProcess) {
  Write(".aws/config",
        "[default]\ncredential_process = echo noise >&2; echo '{\"Version\":1,\"AccessKeyId\":\"A\","
        "\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\"}'\n");
  EXPECT_EQ(Joined(), "A S T");
  Write(".aws/config", "[default]\ncredential_process = exit 3\n");
  EXPECT_EQ(Joined(), "error: credential_process ended with exit code 3");
  Write(".aws/config", "[default]\ncredential_process = echo secret\n");
  EXPECT_EQ(Joined(), "error: credential_process: the answer is not JSON");
}

TEST_F(AwsCredentialsTest, AssumesARoleByWebIdentity) {
  TestServer sts([](int, const std::string&) { return Reply{MakeReply("200 OK", StsKeys("W"))}; });
  Write("token", "jwt.a+b\n");
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder_ / "token";
  variables_["AWS_ENDPOINT_URL_STS"] = sts.Url("");
  EXPECT_THAT(Joined(), HasSubstr("AWS_ROLE_ARN is not"));
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  EXPECT_EQ(Joined(), "W S T");
  EXPECT_THAT(sts.requests()[0],
              AllOf(StartsWith("POST / "), Not(HasSubstr("Authorization")),
                    HasSubstr("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3A"
                              "role%2Fr&RoleSessionName=valence&WebIdentityToken=jwt.a%2Bb")));
}

TEST_F(AwsCredentialsTest, SaysWhyARoleWasRefused) {
  TestServer sts([](int, const std::string&) {
    return Reply{MakeReply("403 No",
                           "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized</Message>"
                           "</Error></ErrorResponse>")};
  });
  Write("token", "secret-token");
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder_ / "token";
  variables_["AWS_ROLE_ARN"] = "arn:r";
  variables_["AWS_ENDPOINT_URL"] = sts.Url("");
  EXPECT_EQ(Joined(), "error: AWS STS, to assume arn:r: Not authorized (AccessDenied)");
}

TEST_F(AwsCredentialsTest, AssumesAProfilesRoleWithItsSourceProfile) {
  TestServer sts([](int, const std::string&) { return Reply{MakeReply("200 OK", StsKeys("R"))}; });
  Write(".aws/config", "[default]\nrole_arn = arn:r\nsource_profile = base\nexternal_id = x\nregion = eu-west-1\n");
  Write(".aws/credentials", "[base]\naws_access_key_id = BASEKEY\naws_secret_access_key = S\n");
  variables_["AWS_ENDPOINT_URL"] = sts.Url("");
  EXPECT_EQ(Joined(), "R S T");
  EXPECT_THAT(sts.requests()[0], AllOf(HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=BASEKEY/"),
                                       HasSubstr("/eu-west-1/sts/aws4_request"), HasSubstr("Action=AssumeRole&"),
                                       HasSubstr("ExternalId=x")));
}

TEST_F(AwsCredentialsTest, FindsACircleOfSourceProfiles) {
  Write(".aws/config",
        "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = default\n");
  EXPECT_THAT(Joined(), HasSubstr("goes round in a circle"));
}

TEST_F(AwsCredentialsTest, TellsWhatToDoAboutSso) {
  Write(".aws/config", "[default]\nsso_session = s\n");
  EXPECT_THAT(Get(), IsError(ErrorCode::kUnimplemented, HasSubstr("aws configure export-credentials")));
}

TEST_F(AwsCredentialsTest, AsksTheContainersEndpointWithTheTokenOfItsFile) {
  TestServer agent([](int, const std::string&) { return Reply{MakeReply("200 OK", JsonKeys("C"))}; });
  Write("token", "pod-token\n");
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = agent.Url("/v1/credentials");
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder_ / "token";
  EXPECT_EQ(Joined(), "C S T");
  EXPECT_THAT(agent.requests()[0],
              AllOf(StartsWith("GET /v1/credentials "), HasSubstr("\r\nAuthorization: pod-token\r\n")));
}

TEST_F(AwsCredentialsTest, SendsAContainersTokenToNoOtherHost) {
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "t";
  for (const char* url : {"http://192.0.2.1/x", "http://127.0.0.1@192.0.2.1/x", "file:///x", "x"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    EXPECT_THAT(Get(), IsError(ErrorCode::kInvalidArgument, HasSubstr("is neither https nor"))) << url;
  }
}

TEST_F(AwsCredentialsTest, AsksEc2WithASessionToken) {
  TestServer imds([](int n, const std::string&) {
    const char* answers[] = {"imds-token", "my-role"};
    return Reply{MakeReply("200 OK", n < 2 ? answers[n] : JsonKeys("E"))};
  });
  variables_["AWS_EC2_METADATA_DISABLED"] = "";
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = imds.Url("/");
  EXPECT_EQ(Joined(), "E S T");
  EXPECT_THAT(imds.requests()[0], AllOf(StartsWith("PUT /latest/api/token "), HasSubstr("token-ttl-seconds: 21600")));
  EXPECT_THAT(imds.requests()[2], AllOf(StartsWith("GET /latest/meta-data/iam/security-credentials/my-role "),
                                        HasSubstr("X-aws-ec2-metadata-token: imds-token")));
}

TEST_F(AwsCredentialsTest, RemembersAndRenewsBeforeTheEnd) {
  TestServer agent([](int n, const std::string&) {
    return Reply{MakeReply(
        "200 OK", JsonKeys("N" + std::to_string(n), n == 0 ? "2001-01-01T00:00:00Z" : "2099-01-01T00:00:00Z"))};
  });
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = agent.Url("/");
  AwsCredentialChain chain(environment());
  EXPECT_EQ(chain.Get()->access_key_id, "N0");  // already over: the next call asks again
  EXPECT_EQ(chain.Get()->access_key_id, "N1");
  EXPECT_EQ(chain.Get()->access_key_id, "N1");
  chain.Forget();
  EXPECT_EQ(chain.Get()->access_key_id, "N2");
}

TEST_F(AwsCredentialsTest, SettingsComeFromVariablesThenTheProfile) {
  Write(".aws/config",
        "[default]\nregion = eu-central-1\nca_bundle = /ca\nmax_attempts = 7\nservices = mine\n"
        "s3 =\n  addressing_style = path\n  other = 1\n[services mine]\ns3 =\n    endpoint_url = http://h:1/\n"
        "[sso-session x]\nsso_region = r\n");
  auto settings = LoadAwsSettings(environment());
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->region, "eu-central-1");
  EXPECT_EQ(settings->s3_endpoint, "http://h:1");
  EXPECT_EQ(settings->sts_endpoint, "");
  EXPECT_EQ(settings->addressing, S3Addressing::kPath);
  EXPECT_EQ(settings->ca_bundle, "/ca");
  EXPECT_EQ(settings->max_attempts, 7);
  variables_["AWS_REGION"] = "us-west-2";
  variables_["AWS_ENDPOINT_URL"] = "https://all";
  variables_["AWS_ENDPOINT_URL_S3"] = "https://s3";
  variables_["AWS_S3_ADDRESSING_STYLE"] = "virtual";
  settings = LoadAwsSettings(environment());
  EXPECT_EQ(settings->region, "us-west-2");
  EXPECT_EQ(settings->s3_endpoint, "https://s3");
  EXPECT_EQ(settings->sts_endpoint, "https://all");
  EXPECT_EQ(settings->addressing, S3Addressing::kVirtual);
}

TEST_F(AwsCredentialsTest, RefusesSettingsThatCannotBeUsed) {
  const std::pair<const char*, const char*> cases[] = {{"AWS_REGION", "eu/../x"},
                                                       {"AWS_ENDPOINT_URL", "s3.local:9000"},
                                                       {"AWS_ENDPOINT_URL_S3", "http://user:secret@h"},
                                                       {"AWS_S3_ADDRESSING_STYLE", "dns"},
                                                       {"AWS_MAX_ATTEMPTS", "0"}};
  for (const auto& [name, value] : cases) {
    variables_[name] = value;
    EXPECT_THAT(LoadAwsSettings(environment()),
                IsError(ErrorCode::kInvalidArgument, AllOf(HasSubstr("AWS_"), Not(HasSubstr("secret")))));
    variables_.erase(name);
  }
}

}  // namespace
}  // namespace valence::net
