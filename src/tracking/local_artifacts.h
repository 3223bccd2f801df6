// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Artifacts on this machine's disk, for roots that are file: URIs or plain paths.
namespace valence::tracking {

/// "file:///abs/path" with all but unreserved characters and '/' percent-encoded. Requires an absolute path.
std::string FileUri(const std::filesystem::path& path);

/// Whether a root is a file: URI or a plain path.
bool IsLocalRoot(std::string_view root_uri);

/// The folder of such a root; a relative path is below `base`. Error: kInvalidArgument for a malformed URI or one of
/// another host.
Result<std::filesystem::path> LocalRoot(std::string_view root_uri, const std::filesystem::path& base);

/// An artifact's path must stay below its root: relative, '/' between names, no "." or ".." or empty names. Error:
/// kInvalidArgument. "" is the root itself, where `allow_root`.
Status CheckArtifactPath(std::string_view path, bool allow_root);

/// Copies `file` to `root`/`path`: streamed, made whole by a rename, durable. Errors: kNotFound (`file`), kUnavailable.
Status UploadLocal(const std::filesystem::path& root, const std::string& path, const std::filesystem::path& file);
/// The same the other way. Error: kNotFound if there is no such artifact.
Status DownloadLocal(const std::filesystem::path& root, const std::string& path, const std::filesystem::path& file);
/// What lies directly in the folder `path`, ordered by name; nothing if there is no such folder, as MLflow has it.
Result<std::vector<ArtifactEntry>> ListLocal(const std::filesystem::path& root, const std::string& path);

}  // namespace valence::tracking
