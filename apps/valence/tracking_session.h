// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "context.h"
#include "valence/pipeline/record.h"
#include "valence/pipeline/stages.h"
#include "valence/pipeline/system_monitor.h"
#include "valence/tracking/run_record.h"
#include "valence/tracking/stores.h"

namespace valence::app {

/// Where runs go; shared by every command that tracks.
struct TrackingFlags {
  std::string uri;        ///< "" is MLFLOW_TRACKING_URI, else the local store
  bool required = false;  ///< a run that cannot be sent is an error, not a spooled run
};
/// Adds --tracking-uri, and --require-tracking where runs are made.
void AddTrackingFlags(CLI::App& command, TrackingFlags& flags, bool makes_runs);

/// The local store, where spooled runs wait.
inline constexpr const char* kLocalStore = "mlflow.db";

Result<tracking::Stores> OpenStores(const TrackingFlags& flags);

/// The same error, as the environment's fault (exit 4): whatever a tracking server refuses, the user's data and model
/// are fine.
Error AsEnvironment(Error error);
template <class T>
Result<T> AsEnvironment(Result<T> result) {
  if (!result) return AsEnvironment(std::move(result).error());
  return result;
}

/// One tracked run: starts to watch the machine and asks git when made; publishes at the end.
class TrackingSession {
 public:
  TrackingSession(const pipeline::Params& params, TrackingFlags flags, std::string command);

  /// Publishes the finished run; says on stderr where it went. Without a server the run is spooled and a warning says
  /// so, or, if required, the error is returned after spooling. nullopt if tracking is off.
  Result<std::optional<tracking::Published>> Finish(const pipeline::Layout& layout, const pipeline::Trained& trained,
                                                    const Json& stage_seconds);
  /// The same for what `valence tune` or `valence compare` found; a nested run for each candidate.
  Result<std::optional<tracking::Published>> Finish(const pipeline::Layout& layout, const std::string& name,
                                                    const pipeline::CrossValidation& validation,
                                                    const Json& stage_seconds);
  /// Keeps a run that failed. Never fails itself.
  void Fail(const Error& error, const Json& stage_seconds);

 private:
  pipeline::RunContext Context(const Json& stage_seconds);
  Result<std::optional<tracking::Published>> Publish(tracking::RunRecord record);

  const pipeline::Params& params_;
  const TrackingFlags flags_;
  const bool enabled_;
  const std::string command_;
  const std::int64_t start_time_;
  std::future<pipeline::SourceControl> source_;
  std::unique_ptr<pipeline::SystemMonitor> monitor_;
};

}  // namespace valence::app
