// SPDX-License-Identifier: Apache-2.0
#include "s3_objects.h"

#include <algorithm>
#include <utility>

#include "rest_artifacts.h"
#include "s3_upload_arguments.h"
#include "valence/net/s3_client.h"
#include "variables.h"

namespace valence::tracking::internal {
namespace {

constexpr const char* kBucketOwner = "x-amz-expected-bucket-owner";

bool Contains(const std::vector<net::HttpHeader>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return header.name == name; });
}

class S3Objects final : public ObjectStore {
 public:
  S3Objects(net::S3Client client, S3UploadArguments arguments)
      : client_(std::move(client)), arguments_(std::move(arguments)) {}

  Status Upload(const std::string& uri, const std::filesystem::path& file) override {
    VALENCE_TRY(const net::S3Uri to, net::ParseS3Uri(uri));
    net::S3PutOptions put;
    put.content_type = arguments_.content_type.empty() ? ContentTypeOf(to.key) : arguments_.content_type;
    put.headers = arguments_.of_object;
    VALENCE_RETURN_IF_ERROR(client_.Put(file, to, put, Progress::None()));
    return Ok();
  }

  Result<std::vector<ArtifactEntry>> List(const std::string& uri) override {
    VALENCE_TRY(net::S3Uri folder, net::ParseS3Uri(uri));
    if (!folder.key.empty() && !folder.key.ends_with('/')) folder.key += '/';
    VALENCE_TRY(const std::vector<net::S3Object> objects, client_.List(folder));
    std::vector<ArtifactEntry> entries;
    for (const net::S3Object& object : objects) {
      const std::string rest = object.key.substr(folder.key.size());
      const auto slash = rest.find('/');
      if (rest.empty()) continue;
      ArtifactEntry entry{.path = rest.substr(0, slash), .is_folder = slash != std::string::npos};
      if (!entry.is_folder) entry.bytes = object.size;
      // In the order of their keys, so the files of a folder follow each other.
      if (!entry.is_folder || entries.empty() || entries.back().path != entry.path) entries.push_back(std::move(entry));
    }
    return entries;
  }

  Status Download(const std::string& uri, const std::filesystem::path& file) override {
    VALENCE_TRY(const net::S3Uri from, net::ParseS3Uri(uri));
    VALENCE_RETURN_IF_ERROR(client_.Get(from, file, Progress::None()));
    return Ok();
  }

 private:
  net::S3Client client_;
  S3UploadArguments arguments_;
};

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenS3Objects(const Environment& environment) {
  const auto lookup = [environment](const std::string& name) {
    std::string own;
    if (name == "AWS_ENDPOINT_URL_S3") own = environment("MLFLOW_S3_ENDPOINT_URL");
    if (name == "AWS_S3_ADDRESSING_STYLE") own = environment("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE");
    return own.empty() ? environment(name) : own;
  };
  VALENCE_TRY(const bool ignore_tls, Variables(environment).Boolean("MLFLOW_S3_IGNORE_TLS", false));
  VALENCE_TRY(S3UploadArguments arguments, ParseS3UploadArguments(environment("MLFLOW_S3_UPLOAD_EXTRA_ARGS")));
  net::S3Options options;
  options.http.verify_tls = !ignore_tls;
  options.headers = std::move(arguments.of_request);
  const std::string owner = environment("MLFLOW_S3_EXPECTED_BUCKET_OWNER");
  if (!owner.empty() && !Contains(options.headers, kBucketOwner)) options.headers.push_back({kBucketOwner, owner});
  VALENCE_TRY(net::S3Client client, net::S3Client::FromEnvironment(lookup, options));
  return std::shared_ptr<ObjectStore>(std::make_shared<S3Objects>(std::move(client), std::move(arguments)));
}

}  // namespace valence::tracking::internal
