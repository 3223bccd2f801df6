// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sqlite_file.h"
#include "valence/tracking/registry_store.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking {

/// RegistryStore on an MLflow database. Every call is one transaction.
class SqliteRegistryStore final : public RegistryStore {
 public:
  explicit SqliteRegistryStore(std::shared_ptr<SqliteFile> file) : file_(std::move(file)) {}

  std::string uri() const override { return file_->uri(); }

  Result<RegisteredModel> EnsureModel(const std::string& name, const std::string& description) override;
  Result<RegisteredModel> GetModel(const std::string& name) override;
  Result<std::vector<RegisteredModel>> ListModels() override;

  Result<ModelVersion> CreateVersion(const NewModelVersion& version) override;
  Result<ModelVersion> GetVersion(const std::string& name, const std::string& version) override;
  Result<ModelVersion> GetVersionByAlias(const std::string& name, const std::string& alias) override;
  Result<std::vector<ModelVersion>> ListVersions(const std::string& name) override;
  Status SetVersionTag(const std::string& name, const std::string& version, const Tag& tag) override;
  Status SetAlias(const std::string& name, const std::string& alias, const std::string& version) override;
  Status DeleteAlias(const std::string& name, const std::string& alias) override;
  Status SetStage(const std::string& name, const std::string& version, const std::string& stage,
                  bool archive_existing) override;
  Result<std::string> DownloadUri(const std::string& name, const std::string& version) override;

 private:
  SqliteDatabase& database() { return file_->database(); }
  const char* InWorkspace() const { return file_->schema().InWorkspace(); }
  Result<std::vector<RegisteredModel>> ReadModels(const std::string& condition, const std::string& name);
  Result<RegisteredModel> ReadModel(const std::string& name);
  /// The number of a version that is there.
  Result<std::int64_t> FindVersion(const std::string& name, const std::string& version);
  Status WriteAlias(const std::string& name, const std::string& alias, std::int64_t version);

  std::shared_ptr<SqliteFile> file_;
};

}  // namespace valence::tracking
