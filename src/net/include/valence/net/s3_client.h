// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/net/aws_credentials.h"
#include "valence/net/aws_environment.h"
#include "valence/net/http_client.h"

namespace valence::net {

/// "s3://bucket/key"; the key is what follows, byte for byte: nothing in it is an escape.
struct S3Uri {
  std::string bucket;
  std::string key;  ///< may be "" (a whole bucket) or end in '/' (a prefix)

  std::string ToString() const;
  bool operator==(const S3Uri&) const = default;
};
/// Error: kInvalidArgument.
Result<S3Uri> ParseS3Uri(std::string_view text);
/// Whether the text begins with "s3://".
bool IsS3Uri(std::string_view text);

struct S3ObjectInfo {
  std::uint64_t size = 0;
  std::string etag;                ///< with its quotes
  std::string checksum_algorithm;  ///< "crc32", "crc32c", "crc64nvme", "sha256" of the whole object, or ""
  std::string checksum;            ///< base64
  std::string sha256;              ///< hexadecimal, of objects that Put stored, or ""
};

struct S3Object {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;
};

struct S3Options {
  int connections = 4;  ///< at once, of one Get or Put
  std::uint64_t part_bytes =
      8u << 20;  ///< of a multipart PUT (S3 takes no less than 5 MiB), and the least of a ranged GET
  std::uint64_t multipart_bytes = 16u << 20;          ///< files from this size on are sent in parts
  std::uint64_t max_bytes = std::uint64_t{64} << 30;  ///< of an object to get
  HttpClientOptions http = DefaultHttp();
  std::vector<HttpHeader> headers = {};  ///< sent with every request, such as x-amz-expected-bucket-owner

  /// A stalled attempt ends after 20 s, a call with all its attempts after 30 minutes.
  static HttpClientOptions DefaultHttp();
};

struct S3PutOptions {
  bool if_absent = false;  ///< kConflict if the object exists already
  std::string content_type = "application/octet-stream";
  std::vector<HttpHeader> headers = {};  ///< what else the object gets, such as x-amz-server-side-encryption
};

/// Objects in S3 and what speaks like it (SigV4). Repeats what failed, follows a bucket to its region, renews expired
/// credentials once. Thread-safe. Errors of all calls: kNotFound (bucket, object, credentials), kUnavailable (refused,
/// or no answer: says why and what to do), kConflict (an If-Match or If-None-Match failed), kDataCorrupt (bytes other
/// than promised), kInvalidArgument. Messages never hold keys, tokens, signatures or signed URLs.
class S3Client {
 public:
  /// As the environment says (aws_environment.h, aws_credentials.h). Error: kInvalidArgument for a setting that cannot
  /// be used. Credentials are looked for at the first call.
  static Result<S3Client> FromEnvironment(Environment environment = ProcessEnvironment(), S3Options options = {});
  S3Client(S3Client&&) noexcept;
  S3Client& operator=(S3Client&&) noexcept;
  ~S3Client();

  /// Needs s3:GetObject.
  Result<S3ObjectInfo> Head(const S3Uri& uri);
  /// Gets an object in ranges on several connections, all of one version (If-Match), and checks size, ETag, the whole
  /// object's checksum if S3 has one, and the SHA-256 that Put stored. The file appears whole or not at all.
  Result<S3ObjectInfo> Get(const S3Uri& uri, const std::filesystem::path& path, Progress& progress);
  /// The same for the version that Head described; kConflict if there is another one now.
  Status GetVersion(const S3Uri& uri, const S3ObjectInfo& info, const std::filesystem::path& path, Progress& progress);
  /// Gets listed objects of a bucket, several at a time, objects[i] to paths[i]: each whole or not at all, of the
  /// version listed. A file that is there already stays as it is.
  Status GetListed(const std::string& bucket, const std::vector<S3Object>& objects,
                   const std::vector<std::filesystem::path>& paths, Progress& progress);
  /// Puts a file; from multipart_bytes on in parts, which are aborted if one fails. S3 checks the SHA-256 of each part.
  /// Needs s3:PutObject and s3:AbortMultipartUpload. Returns size, ETag and SHA-256.
  Result<S3ObjectInfo> Put(const std::filesystem::path& path, const S3Uri& uri, const S3PutOptions& options,
                           Progress& progress);
  /// All objects whose key begins with the URI's, in the order of their bytes. Needs s3:ListBucket. Error:
  /// kResourceExhausted above `limit`.
  Result<std::vector<S3Object>> List(const S3Uri& prefix, std::size_t limit = 1'000'000);
  /// Deletes an object; one that is not there is no error. Needs s3:DeleteObject.
  Status Delete(const S3Uri& uri);

  /// The endpoint in use, for messages and cache keys: "" is AWS.
  const std::string& endpoint() const;

 private:
  struct Impl;
  explicit S3Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Gets the object at "s3://bucket/key" as the environment says.
Result<S3ObjectInfo> FetchToFile(std::string_view uri, const std::filesystem::path& path, Progress& progress);

}  // namespace valence::net
