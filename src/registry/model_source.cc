// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/model_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "valence/base/digest.h"
#include "valence/net/download.h"
#include "valence/net/s3_client.h"

namespace valence::registry {
namespace {

namespace fs = std::filesystem;
using Kind = ModelUri::Kind;
using tracking::ModelVersion;
using tracking::Stores;

/// Where a model folder (docs/formats/mlflow-model.md) keeps the model file.
constexpr std::string_view kInFolder = "data/model.safetensors";

Result<FetchedModel> OnThisMachine(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return FetchedModel{.file = path};
  for (const fs::path& candidate : {fs::path(path) / kInFolder, fs::path(path) / "model.safetensors"}) {
    if (fs::is_regular_file(candidate, error)) return FetchedModel{.file = candidate};
  }
  return NotFound(fmt::format("{}: neither {} nor model.safetensors is in this folder", path, kInFolder));
}

Result<FetchedModel> FromUrl(const std::string& url, const fs::path& cache, Progress& progress) {
  FetchedModel model{.file = cache / (Sha256Hex(url).substr(0, 16) + ".safetensors"), .is_copy = true};
  std::error_code ignored;
  fs::create_directories(cache, ignored);
  fs::remove(model.file, ignored);  // an URL may hold another model today
  VALENCE_RETURN_IF_ERROR(net::Download(url, model.file, {}, progress));
  return model;
}

Result<FetchedModel> FromS3(const std::string& uri, const fs::path& cache, Progress& progress) {
  FetchedModel model{.file = cache / (Sha256Hex(uri).substr(0, 16) + ".safetensors"), .is_copy = true};
  std::error_code ignored;
  fs::create_directories(cache, ignored);
  VALENCE_RETURN_IF_ERROR(net::FetchToFile(uri, model.file, progress));
  return model;
}

/// Sees to it that model->file is the model file below an artifact root: downloads it if it is not there.
Status FetchArtifact(tracking::TrackingStore& store, const std::string& root, const std::string& path,
                     FetchedModel* model) {
  std::error_code error;
  if (fs::is_regular_file(model->file, error)) return Ok();
  fs::create_directories(model->file.parent_path(), error);
  auto status = store.DownloadArtifact(root, path, model->file);
  if (!status && status.error().code == ErrorCode::kNotFound) {
    return NotFound(fmt::format("{} has no {}: it was not made by Valence, or its upload never ended", root, path));
  }
  model->downloaded_from = fmt::format("{}: {}/{}", store.uri(), root, path);
  return status;
}

Result<ModelVersion> FindVersion(const ModelUri& uri, tracking::RegistryStore& registry) {
  if (uri.kind == Kind::kAlias) return registry.GetVersionByAlias(uri.name, uri.value);
  if (uri.kind == Kind::kVersion) return registry.GetVersion(uri.name, uri.value);
  VALENCE_TRY(std::vector<ModelVersion> versions, registry.ListVersions(uri.name));
  if (versions.empty()) return NotFound(fmt::format("registered model '{}' has no version", uri.name));
  return std::move(versions.front());
}

Result<FetchedModel> FromRegistry(const ModelUri& uri, const Stores& stores, const fs::path& cache) {
  VALENCE_TRY(const ModelVersion version, FindVersion(uri, *stores.registry));
  VALENCE_TRY(const std::string root, stores.registry->DownloadUri(version.name, version.version));
  FetchedModel model{.name = version.name, .version = version.version, .run_id = version.run_id, .is_copy = true};
  model.digest = FindTag(version.tags, kDigestTag);
  // The digest of the place keeps versions of the same number in two registries apart.
  model.file = cache / fmt::format("{}-{}-{}.safetensors", Sha256Hex(root + model.digest).substr(0, 16), version.name,
                                   version.version);
  VALENCE_RETURN_IF_ERROR(FetchArtifact(*stores.tracking, root, std::string(kInFolder), &model));
  return model;
}

Result<FetchedModel> FromLoggedModel(const std::string& model_id, const Stores& stores, const fs::path& cache) {
  VALENCE_TRY(const tracking::LoggedModel logged, stores.tracking->GetLoggedModel(model_id));
  FetchedModel model{.file = cache / (model_id + ".safetensors"), .run_id = logged.source_run_id, .is_copy = true};
  VALENCE_RETURN_IF_ERROR(FetchArtifact(*stores.tracking, logged.artifact_location, std::string(kInFolder), &model));
  return model;
}

/// `runs:/<id>/<x>`: the run's logged model called x, or the folder x among its artifacts.
Result<FetchedModel> FromRun(const ModelUri& uri, const Stores& stores, const fs::path& cache) {
  VALENCE_TRY(const tracking::Run run, stores.tracking->GetRun(uri.name));
  for (const tracking::ModelOutput& output : run.outputs) {
    VALENCE_TRY(const tracking::LoggedModel logged, stores.tracking->GetLoggedModel(output.model_id));
    if (logged.name == uri.value) return FromLoggedModel(output.model_id, stores, cache);
  }
  FetchedModel model{.run_id = run.run_id, .is_copy = true};
  model.file = cache / fmt::format("{}-{}.safetensors", run.run_id, Sha256Hex(uri.value).substr(0, 8));
  VALENCE_RETURN_IF_ERROR(
      FetchArtifact(*stores.tracking, run.artifact_uri, fmt::format("{}/{}", uri.value, kInFolder), &model));
  return model;
}

}  // namespace

Result<FetchedModel> FetchModel(const ModelUri& uri, const std::function<Result<Stores>()>& open, const fs::path& cache,
                                Progress& progress) {
  if (uri.kind == Kind::kPath) return OnThisMachine(uri.value);
  progress.Start("fetching the model", 0, "");
  if (uri.kind == Kind::kHttp) return FromUrl(uri.value, cache, progress);
  if (uri.kind == Kind::kS3) return FromS3(uri.value, cache, progress);
  VALENCE_TRY(const Stores stores, open());
  switch (uri.kind) {
    case Kind::kLoggedModel:
      return FromLoggedModel(uri.name, stores, cache);
    case Kind::kRun:
      return FromRun(uri, stores, cache);
    default:
      return FromRegistry(uri, stores, cache);
  }
}

Result<std::string> ResolveVersion(const ModelUri& uri, tracking::RegistryStore& registry) {
  VALENCE_TRY(const ModelVersion version, FindVersion(uri, registry));
  return version.name + "/" + version.version;
}

}  // namespace valence::registry
