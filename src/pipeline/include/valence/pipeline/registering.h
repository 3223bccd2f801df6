// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/pipeline/stages.h"
#include "valence/registry/aliases.h"
#include "valence/registry/model_source.h"
#include "valence/registry/promotion.h"
#include "valence/tracking/run_record.h"
#include "valence/tracking/stores.h"

/// The last two stages: `register` makes a version of the model, `promote` lets it answer.
namespace valence::pipeline {

/// The local audit history.
inline constexpr const char* kHistoryFile = "models/history.jsonl";

/// The run that made this model, if it was tracked before: the newest of the experiment with its digest and a model.
Result<std::optional<tracking::Published>> FindTrackedRun(tracking::TrackingStore& store, const std::string& experiment,
                                                          const std::string& digest);

/// Registers the published model under `config.model` with alias `config.alias` and writes the move down. A version
/// with the same digest is used again. Errors: as RegistryStore; kUnimplemented if the server has no registry.
Result<tracking::ModelVersion> Register(const tracking::Stores& stores, const registry::RegisterConfig& config,
                                        const std::string& digest, const tracking::Published& run,
                                        const std::string& note);

/// Loads a fetched model and checks that it is the one that was registered; `name` is for messages. Errors: as
/// LoadTrained; kDataCorrupt for another digest than the registry's; kUnavailable for what a server just sent and is no
/// whole model. A copy in the cache that is not right is removed.
Result<Trained> LoadFetched(const registry::FetchedModel& fetched, const std::string& name);

/// Who challenges whom, on what.
struct PromoteRequest {
  std::string version = {};         ///< the challenger: a version's number, or "" for the holder of register.alias
  std::filesystem::path data = {};  ///< labelled CSV that both are judged on; "" is data/raw/test.csv
  std::string reason = {};
  bool dry_run = false;  ///< compare only: nothing moves, nothing is written down
};

/// What came of it.
struct Promoted {
  registry::Verdict verdict;
  std::string from, to;  ///< versions; equal if the challenger was champion already
  bool moved = false;
};

/// Fetches both versions, scores the same held-out documents with them, and moves the champion alias or writes the
/// refusal down. Errors: kNotFound (no such version; nothing to judge on), kFailedPrecondition if data/raw/test.csv is
/// not the held-out part of the challenger's training data (name `data` to judge on other documents), kDataCorrupt if
/// a fetched model is not the one that was registered.
Result<Promoted> Promote(const Params& params, const Layout& layout, const tracking::Stores& stores,
                         const PromoteRequest& request, Progress& progress);

/// Gives the champion alias back to the version before, or to `to`; returns the move.
Result<registry::Move> Rollback(const Params& params, const tracking::Stores& stores, const std::string& to,
                                const std::string& reason);

}  // namespace valence::pipeline
