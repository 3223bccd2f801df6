// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "valence/pipeline/record.h"
#include "valence/pipeline/registering.h"
#include "valence/registry/model_source.h"

namespace valence::pipeline {
namespace {

using tracking::ModelVersion;

/// Where the version's files are: the LoggedModel if the run has one, else the folder among the run's artifacts.
Result<tracking::Published> PublishedOf(const tracking::Run& run) {
  tracking::Published published{.run_id = run.run_id, .experiment_id = run.experiment_id};
  if (!run.outputs.empty()) {
    published.model_id = run.outputs.back().model_id;
    published.model_uri = "models:/" + published.model_id;
  } else {
    published.model_uri = fmt::format("runs:/{}/model", run.run_id);
  }
  return published;
}

Result<std::optional<ModelVersion>> FindVersion(tracking::RegistryStore& registry, const std::string& model,
                                                const std::string& digest) {
  VALENCE_TRY(const std::vector<ModelVersion> versions, registry.ListVersions(model));
  for (const ModelVersion& version : versions) {
    if (FindTag(version.tags, registry::kDigestTag) == digest) return std::optional(version);
  }
  return std::optional<ModelVersion>();
}

}  // namespace

Result<std::optional<tracking::Published>> FindTrackedRun(tracking::TrackingStore& store, const std::string& experiment,
                                                          const std::string& digest) {
  auto found = store.FindExperiment(experiment);
  if (!found) {
    if (found.error().code == ErrorCode::kNotFound) return std::optional<tracking::Published>();
    return std::move(found).error();
  }
  tracking::RunQuery query{.experiment_ids = {found->experiment_id}, .limit = 20};
  query.filter = fmt::format("tags.`{}` = 'sha256:{}' and attributes.status = 'FINISHED'", kModelDigestTag, digest);
  VALENCE_TRY(const std::vector<tracking::Run> runs, store.SearchRuns(query));
  if (runs.empty()) return std::optional<tracking::Published>();
  VALENCE_TRY(tracking::Published published, PublishedOf(runs.front()));
  return std::optional(std::move(published));
}

Result<ModelVersion> Register(const tracking::Stores& stores, const registry::RegisterConfig& config,
                              const std::string& digest, const tracking::Published& run, const std::string& note) {
  tracking::RegistryStore& registry = *stores.registry;
  const registry::Ledger ledger{.registry = &registry, .history = kHistoryFile};
  registry::Move move = registry::NewMove("register", config.model, config.alias);
  VALENCE_TRY(move.from, registry::AliasHolder(registry, config.model, config.alias));  // or the alias is none
  VALENCE_RETURN_IF_ERROR(registry.EnsureModel(config.model, "Sentiment of a text, by Valence."));
  const std::string full_digest = "sha256:" + digest;
  VALENCE_TRY(std::optional<ModelVersion> version, FindVersion(registry, config.model, full_digest));
  if (!version) {
    tracking::NewModelVersion fresh{.name = config.model,
                                    .source = run.model_uri,
                                    .run_id = run.run_id,
                                    .model_id = run.model_id,
                                    .description = note};
    fresh.tags = {{std::string(tracking::kClientRequestId), tracking::NewRequestId()},
                  {std::string(registry::kDigestTag), full_digest}};
    VALENCE_TRY(version, registry.CreateVersion(fresh));
  }
  move.to = version->version;
  if (move.from != move.to) {
    VALENCE_RETURN_IF_ERROR(registry::MoveAlias(ledger, move));
  } else {
    VALENCE_RETURN_IF_ERROR(registry::FinishMove(ledger, &move));
  }
  return registry.GetVersion(config.model, version->version);
}

}  // namespace valence::pipeline
