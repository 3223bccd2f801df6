// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/tracking/stores.h"

namespace valence::registry {

/// What a model is asked for by: "models:/sentiment@champion", "models:/sentiment/3", "models:/sentiment/latest",
/// "models:/m-<id>", "runs:/<run id>/<model name or path>", "s3://bucket/key", "https://...", "file:///...", or a path
/// (a model file, or a folder that holds one).
struct ModelUri {
  enum class Kind { kPath, kHttp, kS3, kAlias, kVersion, kLatest, kLoggedModel, kRun };
  Kind kind = Kind::kPath;
  std::string text = {};   ///< as given
  std::string name = {};   ///< registered model, logged model's id or run id
  std::string value = {};  ///< alias, version, or path below the run; the path or URL itself otherwise
  bool needs_stores() const { return kind >= Kind::kAlias; }
};
/// Error: kInvalidArgument for what looks like one of these but is not.
Result<ModelUri> ParseModelUri(std::string_view text);

/// A model file on this machine, and where it comes from.
struct FetchedModel {
  std::filesystem::path file = {};
  std::string name = {}, version = {}, run_id = {};  ///< of the registry, if it came from there
  std::string digest = {};  ///< the registry's claim ("sha256:<64 hex>"), or ""; the caller compares it
  bool is_copy = false;     ///< in the cache; to be removed if it proves broken, so that the next use fetches it anew
  std::string downloaded_from = {};  ///< the store and the file there; "" if the cache had it, or no store was asked
};

/// Brings the model here: downloads into `cache` (files named after what they hold, so that a version is fetched once),
/// nothing for a path. `open` gives the stores, if the URI needs them. Errors: kNotFound (no such model, version,
/// alias, file: says which), as the stores and downloads.
Result<FetchedModel> FetchModel(const ModelUri& uri, const std::function<Result<tracking::Stores>()>& open,
                                const std::filesystem::path& cache, Progress& progress);

/// What the URI means right now without fetching it: "<name>/<version>" for an alias or version; for following an alias
/// cheaply. Error as FetchModel.
Result<std::string> ResolveVersion(const ModelUri& uri, tracking::RegistryStore& registry);

/// What an http(s):// or s3:// URI holds right now, without fetching it: its ETag, or where there is none, time and
/// length. One short look. Errors: kNotFound, kUnavailable (no answer, or one that tells no version), as S3Client.
Result<std::string> RemoteVersion(const ModelUri& uri);

/// Tag of a model version with its model's digest.
inline constexpr std::string_view kDigestTag = "valence.digest";

}  // namespace valence::registry
