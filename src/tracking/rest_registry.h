// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rest_client.h"
#include "valence/tracking/registry_store.h"

namespace valence::tracking::internal {

/// RegistryStore over MLflow's REST API. Where the server has no registry (some DagsHub repositories) all calls are
/// kUnimplemented, the first after asking, the others at once.
class RestRegistry final : public RegistryStore {
 public:
  explicit RestRegistry(std::shared_ptr<RestClient> client) : client_(std::move(client)) {}

  std::string uri() const override { return client_->server().Base(); }
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
  Result<ModelVersion> CreateVersionOnce(const NewModelVersion& version);
  Result<std::optional<ModelVersion>> FindByRequestId(const NewModelVersion& version);
  Result<Json> Get(const std::string& route, const Query& query);
  Result<Json> Call(const std::string& method, const std::string& route, const Json& body,
                    Repeat repeat = Repeat::kSafe);

  std::shared_ptr<RestClient> client_;
};

}  // namespace valence::tracking::internal
