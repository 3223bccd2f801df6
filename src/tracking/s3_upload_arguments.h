// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/net/http_client.h"

namespace valence::tracking::internal {

/// What MLFLOW_S3_UPLOAD_EXTRA_ARGS asks of each upload.
struct S3UploadArguments {
  std::vector<net::HttpHeader> of_object;   ///< headers of what makes an object
  std::vector<net::HttpHeader> of_request;  ///< headers of every request
  std::string content_type;                 ///< "" leaves it to the file's name
};

/// Reads boto3's ExtraArgs, a JSON object such as {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "..."}; "" is
/// none. Error: kInvalidArgument for what is not such an object, and for an argument that S3 uploads of ours cannot
/// have (keys of the customer's), naming it.
Result<S3UploadArguments> ParseS3UploadArguments(const std::string& json);

}  // namespace valence::tracking::internal
