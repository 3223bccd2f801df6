// SPDX-License-Identifier: Apache-2.0
#include "s3_upload_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "valence/base/json.h"

namespace valence::tracking::internal {
namespace {

constexpr const char* kVariable = "MLFLOW_S3_UPLOAD_EXTRA_ARGS";

/// boto3's name of an argument and S3's header for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kHeaders{{
    {"ACL", "x-amz-acl"},
    {"CacheControl", "Cache-Control"},
    {"ContentDisposition", "Content-Disposition"},
    {"ContentEncoding", "Content-Encoding"},
    {"ContentLanguage", "Content-Language"},
    {"Expires", "Expires"},
    {"GrantFullControl", "x-amz-grant-full-control"},
    {"GrantRead", "x-amz-grant-read"},
    {"GrantReadACP", "x-amz-grant-read-acp"},
    {"GrantWriteACP", "x-amz-grant-write-acp"},
    {"ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold"},
    {"ObjectLockMode", "x-amz-object-lock-mode"},
    {"ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date"},
    {"SSEKMSEncryptionContext", "x-amz-server-side-encryption-context"},
    {"SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"},
    {"ServerSideEncryption", "x-amz-server-side-encryption"},
    {"StorageClass", "x-amz-storage-class"},
    {"Tagging", "x-amz-tagging"},
    {"WebsiteRedirectLocation", "x-amz-website-redirect-location"},
}};

Status AddMetadata(const Json& value, S3UploadArguments* arguments) {
  if (!value.is_object()) return InvalidArgument(fmt::format("{}: Metadata: expected an object of texts", kVariable));
  for (const auto& [name, text] : value.object()) {
    if (!text.is_string()) return InvalidArgument(fmt::format("{}: Metadata.{}: expected a text", kVariable, name));
    arguments->of_object.push_back({"x-amz-meta-" + name, text.string()});
  }
  return Ok();
}

Status AddArgument(const std::string& name, const Json& value, S3UploadArguments* arguments) {
  if (name == "Metadata") return AddMetadata(value, arguments);
  if (name == "BucketKeyEnabled" && value.is_bool()) {
    arguments->of_object.push_back(
        {"x-amz-server-side-encryption-bucket-key-enabled", value.boolean() ? "true" : "false"});
    return Ok();
  }
  if (!value.is_string()) return InvalidArgument(fmt::format("{}: {}: expected a text", kVariable, name));
  const std::string& text = value.string();
  const auto* known =
      std::find_if(kHeaders.begin(), kHeaders.end(), [&](const auto& pair) { return pair.first == name; });
  if (known != kHeaders.end()) {
    arguments->of_object.push_back({std::string(known->second), text});
  } else if (name == "ContentType") {
    arguments->content_type = text;
  } else if (name == "ExpectedBucketOwner") {
    arguments->of_request.push_back({"x-amz-expected-bucket-owner", text});
  } else if (name == "RequestPayer") {
    arguments->of_request.push_back({"x-amz-request-payer", text});
  } else if (name == "ChecksumAlgorithm" && text == "SHA256") {
    // every upload has it
  } else {
    return InvalidArgument(
        fmt::format("{}: {} is not an argument that uploads to S3 can have here; remove it", kVariable, name));
  }
  return Ok();
}

}  // namespace

Result<S3UploadArguments> ParseS3UploadArguments(const std::string& json) {
  S3UploadArguments arguments;
  if (json.empty()) return arguments;
  const Result<Json> parsed = Json::Parse(json);
  if (!parsed.has_value() || !parsed->is_object()) {
    return InvalidArgument(
        fmt::format("{}: expected a JSON object such as {{\"ServerSideEncryption\":\"AES256\"}}", kVariable));
  }
  for (const auto& [name, value] : parsed->object()) {
    VALENCE_RETURN_IF_ERROR(AddArgument(name, value, &arguments));
  }
  return arguments;
}

}  // namespace valence::tracking::internal
