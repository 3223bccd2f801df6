// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/net/aws_credentials.h"

/// What S3 and STS answer in XML: the only place that knows pugixml. Document types are refused and only XML's own
/// entities are known, so that nothing is expanded or fetched. Errors: kDataCorrupt, saying what was expected.
namespace valence::net::internal {

/// An <Error>, or an <ErrorResponse> with one.
struct AwsError {
  std::string code;     ///< such as NoSuchKey; "" if the text is no such document
  std::string message;  ///< one line of printable characters, at most 300 bytes
  std::string region;   ///< where the bucket is, if it says so
};
AwsError ParseAwsError(std::string_view xml);

struct ListedObject {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;  ///< with its quotes
};
/// One page of ListObjectsV2.
struct ListPage {
  std::vector<ListedObject> objects;
  std::string next_token;  ///< "" at the end
};
Result<ListPage> ParseListPage(std::string_view xml);

/// <InitiateMultipartUploadResult>'s UploadId.
Result<std::string> ParseUploadId(std::string_view xml);
/// <CompleteMultipartUploadResult>'s ETag. An <Error> in its place (S3 may send one with status 200) is kUnavailable.
Result<std::string> ParseCompletedEtag(std::string_view xml);
/// The Credentials of an STS answer.
Result<AwsCredentials> ParseStsCredentials(std::string_view xml);

/// "2026-01-31T23:59:59Z", also with a fraction of a second.
Result<std::chrono::system_clock::time_point> ParseIso8601(std::string_view text);

}  // namespace valence::net::internal
