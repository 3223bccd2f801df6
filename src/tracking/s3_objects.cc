// SPDX-License-Identifier: Apache-2.0
#include "s3_objects.h"

#include <algorithm>
#include <utility>

#include "valence/net/s3_client.h"

namespace valence::tracking::internal {
namespace {

class S3Objects final : public ObjectStore {
 public:
  explicit S3Objects(net::S3Client client) : client_(std::move(client)) {}

  Status Upload(const std::string& uri, const std::filesystem::path& file) override {
    VALENCE_TRY(const net::S3Uri to, net::ParseS3Uri(uri));
    VALENCE_RETURN_IF_ERROR(client_.Put(file, to, {}, Progress::None()));
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
};

}  // namespace

Result<std::shared_ptr<ObjectStore>> OpenS3Objects(const Environment& environment) {
  const auto lookup = [environment](const std::string& name) {
    if (name == "AWS_ENDPOINT_URL_S3") {
      if (std::string endpoint = environment("MLFLOW_S3_ENDPOINT_URL"); !endpoint.empty()) return endpoint;
    }
    return environment(name);
  };
  net::S3Options options;
  const std::string ignore = environment("MLFLOW_S3_IGNORE_TLS");
  options.http.verify_tls = ignore != "true" && ignore != "1";
  VALENCE_TRY(net::S3Client client, net::S3Client::FromEnvironment(lookup, options));
  return std::shared_ptr<ObjectStore>(std::make_shared<S3Objects>(std::move(client)));
}

}  // namespace valence::tracking::internal
