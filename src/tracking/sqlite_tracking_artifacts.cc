// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "local_artifacts.h"
#include "sqlite_tracking_store.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kProxied = "mlflow-artifacts:/";

}  // namespace

Result<std::filesystem::path> SqliteTrackingStore::RootFolder(const std::string& root_uri) const {
  if (root_uri.starts_with(kProxied) && !root_uri.starts_with("mlflow-artifacts://")) {
    const std::string below = root_uri.substr(kProxied.size());
    VALENCE_RETURN_IF_ERROR(CheckArtifactPath(below, false));
    return file_->folder() / "mlartifacts" / below;
  }
  if (IsLocalRoot(root_uri)) return LocalRoot(root_uri, file_->folder());
  return Unimplemented(fmt::format(
      "'{}': the embedded store keeps artifacts on this machine only; use another experiment, or a tracking server",
      root_uri));
}

Status SqliteTrackingStore::UploadArtifact(const std::string& root_uri, const std::string& path,
                                           const std::filesystem::path& file) {
  VALENCE_RETURN_IF_ERROR(file_->CheckWritable());
  VALENCE_TRY(const std::filesystem::path root, RootFolder(root_uri));
  return UploadLocal(root, path, file);
}

Result<std::vector<ArtifactEntry>> SqliteTrackingStore::ListArtifacts(const std::string& root_uri,
                                                                      const std::string& path) {
  VALENCE_TRY(const std::filesystem::path root, RootFolder(root_uri));
  return ListLocal(root, path);
}

Status SqliteTrackingStore::DownloadArtifact(const std::string& root_uri, const std::string& path,
                                             const std::filesystem::path& file) {
  VALENCE_TRY(const std::filesystem::path root, RootFolder(root_uri));
  return DownloadLocal(root, path, file);
}

}  // namespace valence::tracking
