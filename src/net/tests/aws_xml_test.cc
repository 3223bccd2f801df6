// SPDX-License-Identifier: Apache-2.0
#include "aws_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace valence::net::internal {
namespace {

using testing::HasSubstr;

TEST(ParseAwsError, ReadsBothShapes) {
  const AwsError s3 = ParseAwsError(
      "<?xml version=\"1.0\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code><Message>a&#10;b &amp; c</Message>"
      "<Region>eu-west-1</Region></Error>");
  EXPECT_EQ(s3.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(s3.message, "a b & c");
  EXPECT_EQ(s3.region, "eu-west-1");
  const AwsError sts = ParseAwsError(
      "<ErrorResponse "
      "xmlns=\"x\"><Error><Type>Sender</Type><Code>ExpiredTokenException</Code></Error></ErrorResponse>");
  EXPECT_EQ(sts.code, "ExpiredTokenException");
}

TEST(ParseAwsError, IsEmptyForAnythingElse) {
  for (const char* text : {"", "no xml", "<Error><Code>x</Code>", "<html><Code>x</Code></html>", "{}"}) {
    EXPECT_EQ(ParseAwsError(text).code, "") << text;
  }
}

TEST(ParseListPage, ReadsKeysSizesAndTheNextToken) {
  const auto page = ParseListPage(
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t/1=</NextContinuationToken><EncodingType>url</EncodingType>"
      "<Contents><Key>a%2Bb+c%0A</Key><Size>12</Size><ETag>&quot;e&quot;</ETag></Contents>"
      "<Contents><Key>d</Key><Size>0</Size></Contents></ListBucketResult>");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "a+b c\n");
  EXPECT_EQ(page->objects[0].size, 12u);
  EXPECT_EQ(page->objects[0].etag, "\"e\"");
  EXPECT_EQ(page->next_token, "t/1=");
}

TEST(ParseListPage, TakesKeysAsTheyAreWithoutAnEncoding) {
  const auto page =
      ParseListPage("<ListBucketResult><Contents><Key>a%2B+b</Key><Size>1</Size></Contents></ListBucketResult>");
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->objects[0].key, "a%2B+b");
  EXPECT_EQ(page->next_token, "");
}

TEST(ParseListPage, RefusesWhatItCannotTrust) {
  const auto error = [](const char* text) { return ParseListPage(text); };
  EXPECT_THAT(error("<ListBucketResult><Contents>"), IsError(ErrorCode::kDataCorrupt, HasSubstr("not XML")));
  EXPECT_THAT(error("<html/>"), IsError(ErrorCode::kDataCorrupt, HasSubstr("expected <ListBucketResult>")));
  EXPECT_THAT(error("<!DOCTYPE x [<!ENTITY e \"v\">]><ListBucketResult/>"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("document type")));
  EXPECT_THAT(error("<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("without <Key>")));
  EXPECT_THAT(error("<ListBucketResult><Contents><Key>k</Key><Size>-1</Size></Contents></ListBucketResult>"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("without a size")));
  EXPECT_THAT(error("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("without <NextContinuationToken>")));
}

TEST(ParseCompletedEtag, FindsAnErrorInASuccess) {
  EXPECT_THAT(ParseCompletedEtag("<CompleteMultipartUploadResult><ETag>\"e-2\"</ETag></CompleteMultipartUploadResult>"),
              IsOkAndHolds("\"e-2\""));
  EXPECT_THAT(ParseCompletedEtag("<Error><Code>InternalError</Code><Message>try again</Message></Error>"),
              IsError(ErrorCode::kUnavailable, "try again (InternalError)"));
}

TEST(ParseStsCredentials, ReadsThem) {
  const auto got = ParseStsCredentials(
      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
      "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
      "<SessionToken>T</SessionToken><Expiration>1970-01-02T00:00:01Z</Expiration></Credentials>"
      "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>");
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->access_key_id + got->secret_access_key + got->session_token, "AST");
  EXPECT_EQ(got->expires->time_since_epoch(), std::chrono::seconds(86401));
  EXPECT_THAT(ParseStsCredentials("<a/>"), IsError(ErrorCode::kDataCorrupt, HasSubstr("AccessKeyId")));
}

TEST(ParseIso8601, TakesUtcOnly) {
  const auto seconds = [](const char* text) {
    return ParseIso8601(text)->time_since_epoch() / std::chrono::seconds(1);
  };
  EXPECT_EQ(seconds("2000-02-29T12:34:56Z"), 951827696);  // date -u -d ... +%s
  EXPECT_EQ(seconds("2000-02-29T12:34:56.789Z"), 951827696);
  EXPECT_EQ(seconds("2000-02-29T12:34:56+00:00"), 951827696);
  for (const char* text : {"", "2001-02-29T12:34:56Z", "2000-02-29T24:00:00Z", "2000-02-29T12:34:56", "2000-02-29",
                           "2000-02-29T12:34:56+01:00", "+000-02-29T12:34:56Z", "2000-02-29T12:34:56.Zx"}) {
    EXPECT_FALSE(ParseIso8601(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace valence::net::internal
