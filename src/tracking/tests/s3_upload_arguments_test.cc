// SPDX-License-Identifier: Apache-2.0
#include "s3_upload_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/matchers.h"

namespace valence::tracking::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Lines(const std::vector<net::HttpHeader>& headers) {
  std::vector<std::string> lines;
  for (const net::HttpHeader& header : headers) lines.push_back(header.name + ": " + header.value);
  return lines;
}

TEST(ParseS3UploadArguments, TurnsBotosNamesIntoHeaders) {
  const auto arguments = ParseS3UploadArguments(
      R"({"ServerSideEncryption":"aws:kms","SSEKMSKeyId":"key-1","BucketKeyEnabled":true,"Metadata":{"team":"search"},)"
      R"("ContentType":"text/plain","ExpectedBucketOwner":"123456789012","RequestPayer":"requester",)"
      R"("ChecksumAlgorithm":"SHA256"})");
  ASSERT_THAT(arguments, IsOk());
  EXPECT_THAT(Lines(arguments->of_object),
              ElementsAre("x-amz-server-side-encryption: aws:kms", "x-amz-server-side-encryption-aws-kms-key-id: key-1",
                          "x-amz-server-side-encryption-bucket-key-enabled: true", "x-amz-meta-team: search"));
  EXPECT_THAT(Lines(arguments->of_request),
              ElementsAre("x-amz-expected-bucket-owner: 123456789012", "x-amz-request-payer: requester"));
  EXPECT_EQ(arguments->content_type, "text/plain");
}

TEST(ParseS3UploadArguments, AsksForNothingUnlessSet) {
  const auto arguments = ParseS3UploadArguments("");
  ASSERT_THAT(arguments, IsOk());
  EXPECT_THAT(arguments->of_object, IsEmpty());
  EXPECT_THAT(arguments->of_request, IsEmpty());
}

TEST(ParseS3UploadArguments, NamesWhatItCannotDoButNoValue) {
  EXPECT_THAT(ParseS3UploadArguments("ServerSideEncryption=AES256"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("expected a JSON object")));
  EXPECT_THAT(ParseS3UploadArguments(R"({"ACL":1})"), IsError(ErrorCode::kInvalidArgument, HasSubstr("ACL: expected")));
  EXPECT_THAT(ParseS3UploadArguments(R"({"SSECustomerKey":"very-secret"})"),
              IsError(ErrorCode::kInvalidArgument,
                      testing::AllOf(HasSubstr("SSECustomerKey"), testing::Not(HasSubstr("very-secret")))));
  EXPECT_THAT(ParseS3UploadArguments(R"({"Metadata":"x"})"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("Metadata")));
}

}  // namespace
}  // namespace valence::tracking::internal
