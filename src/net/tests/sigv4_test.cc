// SPDX-License-Identifier: Apache-2.0
#include "valence/net/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "valence/base/digest.h"

namespace valence::net {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  const char* method;
  const char* target;
  std::vector<HttpHeader> headers;
  const char* body;
  const char* signature;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

// AWS's signature test suite (aws-sig-v4-test-suite): names, requests and signatures are its own.
const std::string kUnreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const std::string kUnreservedPath = "/" + kUnreserved;
const std::string kUnreservedQuery = "/?" + kUnreserved + "=" + kUnreserved;
constexpr const char* kVanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const Case kCases[] = {
    {"GetVanilla", "GET", "/", {}, "", kVanilla},
    {"GetVanillaQueryOrderKeyCase",
     "GET",
     "/?Param2=value2&Param1=value1",
     {},
     "",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"GetVanillaUtf8Query",
     "GET",
     "/?\xE1\x88\xB4=bar",
     {},
     "",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"GetVanillaQueryOrderValue",
     "GET",
     "/?Param1=value2&Param1=Value1",
     {},
     "",
     "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {"GetVanillaQueryUnreserved",
     "GET",
     kUnreservedQuery.c_str(),
     {},
     "",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"GetUnreserved",
     "GET",
     kUnreservedPath.c_str(),
     {},
     "",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"GetUtf8", "GET", "/\xE1\x88\xB4", {}, "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"GetSpace", "GET", "/example space/", {}, "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"GetRelative", "GET", "/example/..", {}, "", kVanilla},
    {"GetRelativeRelative", "GET", "/example1/example2/../..", {}, "", kVanilla},
    {"GetSlash", "GET", "//", {}, "", kVanilla},
    {"GetSlashDotSlash", "GET", "/./", {}, "", kVanilla},
    {"GetSlashes", "GET", "//example//", {}, "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"GetSlashPointlessDot",
     "GET",
     "/./example",
     {},
     "",
     "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {"GetHeaderKeyDuplicate",
     "GET",
     "/",
     {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     "",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"GetHeaderValueTrim",
     "GET",
     "/",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"PostVanilla", "POST", "/", {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"PostVanillaQuery",
     "POST",
     "/?Param1=value1",
     {},
     "",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"PostHeaderValueCase",
     "POST",
     "/",
     {{"My-Header1", "VALUE1"}},
     "",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"PostXWwwFormUrlencoded",
     "POST",
     "/",
     {{"Content-Type", "application/x-www-form-urlencoded"}},
     "Param1=value1",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"PostXWwwFormUrlencodedParameters",
     "POST",
     "/",
     {{"Content-Type", "application/x-www-form-urlencoded; charset=utf8"}},
     "Param1=value1",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

const AwsCredentials kSuiteKeys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", std::nullopt};

std::chrono::system_clock::time_point At(int year, unsigned month, unsigned day, int hour, int minute) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) +
         std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::string Value(const HttpCall& call, std::string_view name) {
  for (const HttpHeader& header : call.headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

class SigV4Suite : public testing::TestWithParam<Case> {};

TEST_P(SigV4Suite, MakesAwssSignature) {
  const Case& c = GetParam();
  HttpCall call{.method = c.method, .url = std::string("https://example.amazonaws.com") + c.target};
  call.headers = c.headers;
  SignV4(kSuiteKeys, {"us-east-1", "service"}, At(2015, 8, 30, 12, 36), Sha256Hex(c.body), &call);
  EXPECT_EQ(Value(call, "X-Amz-Date"), "20150830T123600Z");
  EXPECT_THAT(Value(call, "Authorization"), HasSubstr(std::string("Signature=") + c.signature))
      << CanonicalRequest(call, {"us-east-1", "service"}, Sha256Hex(c.body));
}

INSTANTIATE_TEST_SUITE_P(Aws, SigV4Suite, testing::ValuesIn(kCases), [](const auto& p) { return p.param.name; });

TEST(SignV4, SignsTheSessionToken) {  // post-sts-header-before
  AwsCredentials keys = kSuiteKeys;
  keys.session_token =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwt"
      "hAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVX"
      "AkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/"
      "oLxBA==";
  HttpCall call{.method = "POST", .url = "https://example.amazonaws.com/"};
  SignV4(keys, {"us-east-1", "service"}, At(2015, 8, 30, 12, 36), kEmptySha256, &call);
  EXPECT_EQ(Value(call, "X-Amz-Security-Token"), keys.session_token);
  EXPECT_THAT(Value(call, "Authorization"),
              HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
                        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
}

// The examples of AWS's page "Authenticating Requests: Using the Authorization Header".
class SignV4ForS3 : public testing::Test {
 protected:
  std::string Sign(HttpCall call, std::string_view digest = kEmptySha256) {
    const AwsCredentials keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", std::nullopt};
    SignV4(keys, {"us-east-1", "s3"}, At(2013, 5, 24, 0, 0), digest, &call);
    return Value(call, "Authorization");
  }
  const std::string bucket_ = "https://examplebucket.s3.amazonaws.com";
};

TEST_F(SignV4ForS3, GetObjectWithARange) {
  EXPECT_EQ(Sign({.url = bucket_ + "/test.txt", .headers = {{"Range", "bytes=0-9"}}}),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(SignV4ForS3, PutObject) {
  const HttpCall call{
      .method = "PUT",
      .url = bucket_ + "/test%24file.text",
      .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}};
  EXPECT_THAT(Sign(call, Sha256Hex("Welcome to Amazon S3.")),
              HasSubstr("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST_F(SignV4ForS3, SubresourcesAndParameters) {
  EXPECT_THAT(Sign({.url = bucket_ + "/?lifecycle"}),
              HasSubstr("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  EXPECT_THAT(Sign({.url = bucket_ + "/?max-keys=2&prefix=J"}),
              HasSubstr("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(CanonicalRequest, LeavesAKeysPathAloneAndASchemesOwnPortOut) {
  const HttpCall call{.url = "https://h:443/b//a/../x%20y"};
  EXPECT_EQ(CanonicalRequest(call, {"r", "s3"}, "digest"), "GET\n/b//a/../x%20y\n\nhost:h\n\nhost\ndigest");
  const HttpCall other{.url = "http://user@h:9000"};
  EXPECT_EQ(CanonicalRequest(other, {"r", "s3"}, "digest"), "GET\n/\n\nhost:h:9000\n\nhost\ndigest");
}

}  // namespace
}  // namespace valence::net
