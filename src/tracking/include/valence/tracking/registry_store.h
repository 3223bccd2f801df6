// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

namespace valence::tracking {

struct ModelVersion {
  std::string name;
  std::string version;  ///< "1", "2", ...
  std::string run_id, model_id, source, description, current_stage, status;
  std::int64_t creation_timestamp = 0;
  std::vector<std::string> aliases;  ///< ascending
  std::vector<Tag> tags;             ///< ordered by key
};

struct RegisteredModel {
  std::string name, description;
  std::int64_t creation_timestamp = 0, last_updated_timestamp = 0;
  std::map<std::string, std::string> aliases;  ///< alias -> version
  std::vector<Tag> tags;
};

struct NewModelVersion {
  std::string name = {}, source = {}, run_id = {}, model_id = {}, description = {};
  std::vector<Tag> tags = {};  ///< with kClientRequestId, as for CreateRun
};

/// Registered models, their versions and aliases, in MLflow's terms. Not thread-safe. Errors as TrackingStore; an alias
/// or version that is not there is kNotFound, whatever the server answers.
class RegistryStore {
 public:
  virtual ~RegistryStore() = default;
  virtual std::string uri() const = 0;

  /// The registered model of that name, made if there is none.
  virtual Result<RegisteredModel> EnsureModel(const std::string& name, const std::string& description) = 0;
  virtual Result<RegisteredModel> GetModel(const std::string& name) = 0;
  virtual Result<std::vector<RegisteredModel>> ListModels() = 0;

  virtual Result<ModelVersion> CreateVersion(const NewModelVersion& version) = 0;
  virtual Result<ModelVersion> GetVersion(const std::string& name, const std::string& version) = 0;
  virtual Result<ModelVersion> GetVersionByAlias(const std::string& name, const std::string& alias) = 0;
  /// Newest first.
  virtual Result<std::vector<ModelVersion>> ListVersions(const std::string& name) = 0;
  virtual Status SetVersionTag(const std::string& name, const std::string& version, const Tag& tag) = 0;
  virtual Status SetAlias(const std::string& name, const std::string& alias, const std::string& version) = 0;
  /// Absent is fine.
  virtual Status DeleteAlias(const std::string& name, const std::string& alias) = 0;
  /// MLflow's legacy stage: "None", "Staging", "Production", "Archived". kUnimplemented where the server has none.
  virtual Status SetStage(const std::string& name, const std::string& version, const std::string& stage,
                          bool archive_existing) = 0;
  /// Root of the version's files, for TrackingStore::ListArtifacts and DownloadArtifact.
  virtual Result<std::string> DownloadUri(const std::string& name, const std::string& version) = 0;
};

/// Whether MLflow takes the name for an alias: [\w\-]+, and neither "latest", which it answers with the newest version,
/// nor "v<digits>". Error: kInvalidArgument.
Status CheckAlias(std::string_view alias);

}  // namespace valence::tracking
