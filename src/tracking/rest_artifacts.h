// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rest_client.h"
#include "valence/tracking/object_store.h"

namespace valence::tracking::internal {

/// An artifact root that the tracking server (or another at the same place) serves over HTTP.
struct ProxyRoot {
  std::string service;  ///< <scheme>://<host><prefix>/api/2.0/mlflow-artifacts
  std::string folder;   ///< the root below <service>/artifacts, not encoded

  std::string FileUrl(const std::string& path) const;
};

/// "mlflow-artifacts:/1/abc/artifacts" or "mlflow-artifacts://host:port/..." as seen from `server`: the scheme and the
/// path prefix stay the tracking server's, as in MLflow.
ProxyRoot ResolveProxyRoot(const ServerUri& server, const std::string& root_uri);

/// TrackingStore's three artifact calls for every kind of root: the server's proxy, an object store, this machine's
/// disk.
class RestArtifacts {
 public:
  explicit RestArtifacts(std::shared_ptr<RestClient> client) : client_(std::move(client)) {}

  Status Upload(const std::string& root_uri, const std::string& path, const std::filesystem::path& file);
  Result<std::vector<ArtifactEntry>> List(const std::string& root_uri, const std::string& path);
  Status Download(const std::string& root_uri, const std::string& path, const std::filesystem::path& file);

 private:
  Result<ObjectStore*> Objects(const std::string& root_uri);

  std::shared_ptr<RestClient> client_;
  std::shared_ptr<ObjectStore> objects_;
};

/// Uploads in parts straight to the storage behind the proxy. Error: kUnimplemented if the server's storage has no
/// parts (such as a local disk): send it whole.
Status UploadInParts(RestClient& client, const ProxyRoot& root, const std::string& path,
                     const std::filesystem::path& file, std::uint64_t bytes);

/// "text/html" of "report.html"; "application/octet-stream" if unknown.
std::string_view ContentTypeOf(const std::string& path);

}  // namespace valence::tracking::internal
