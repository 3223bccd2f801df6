// SPDX-License-Identifier: Apache-2.0
#include "tracking_session.h"

#include <fmt/format.h>

#include <chrono>

#include "terminal.h"
#include "valence/base/clock.h"
#include "valence/base/log.h"

namespace valence::app {

void AddTrackingFlags(CLI::App& command, TrackingFlags& flags, bool makes_runs) {
  command
      .add_option("--tracking-uri", flags.uri,
                  "MLflow server (https://...) or store (sqlite:///file.db); default: MLFLOW_TRACKING_URI, else "
                  "sqlite:///mlflow.db")
      ->type_name("URI");
  if (!makes_runs) return;
  command.add_flag("--require-tracking", flags.required,
                   "Exit 4 if the run cannot be sent to the server (it is kept locally all the same)");
}

Result<tracking::Stores> OpenStores(const TrackingFlags& flags) {
  return AsEnvironment(tracking::OpenStores(flags.uri, ProcessEnvironment()));
}

Error AsEnvironment(Error error) {
  if (error.code != ErrorCode::kInternal) error.code = ErrorCode::kUnavailable;
  return error;
}

TrackingSession::TrackingSession(const pipeline::Params& params, TrackingFlags flags, std::string command)
    : params_(params),
      flags_(std::move(flags)),
      enabled_(params.tracking.enabled),
      command_(std::move(command)),
      start_time_(NowMilliseconds()) {
  if (!enabled_) return;
  source_ = std::async(std::launch::async, pipeline::ReadSourceControl);
  const double configured = params.tracking.system_metrics_interval;
  // A variable that cannot be read is reported with the run, when it is published.
  const Result<double> wanted = tracking::SystemMetricsInterval(ProcessEnvironment(), configured);
  const double interval = wanted ? *wanted : configured;
  if (interval > 0) {
    monitor_ = std::make_unique<pipeline::SystemMonitor>(
        std::chrono::milliseconds(static_cast<std::int64_t>(interval * 1000) + 1));
  }
}

pipeline::RunContext TrackingSession::Context(const Json& stage_seconds) {
  pipeline::RunContext context{.command = command_, .start_time = start_time_, .end_time = NowMilliseconds()};
  context.source = source_.get();
  if (monitor_) context.system_metrics = monitor_->Finish();
  monitor_.reset();
  context.stage_seconds = stage_seconds;
  return context;
}

Result<std::optional<tracking::Published>> TrackingSession::Publish(tracking::RunRecord record) {
  const Status applied = AsEnvironment(tracking::ApplyEnvironment(ProcessEnvironment(), &record));
  const auto stores = applied ? app::OpenStores(flags_) : Result<tracking::Stores>(applied.error());
  tracking::PublishedOrSpooled done;
  if (stores) {
    VALENCE_TRY(done, AsEnvironment(tracking::PublishOrSpool(record, *stores->tracking, kLocalStore)));
  } else {
    // The address itself is wrong, or a variable, or the store is of no use: keep the run before saying so.
    const std::string uri = tracking::TrackingUri(flags_.uri, ProcessEnvironment());
    const std::string server = tracking::LocalDatabase(uri) ? uri : "";  // what else it is may hold a password
    VALENCE_TRY(auto kept, AsEnvironment(tracking::SpoolLocally(record, kLocalStore, server, stores.error().message)));
    done = {std::move(kept.published), stores.error().message, std::move(kept.database), true};
  }
  for (const std::string& warning : done.published.warnings) log::Warning(warning);
  if (done.spooled_because.empty()) {
    PrintStderr(fmt::format("tracked as run {} in {}\n", done.published.run_id, (*stores).tracking->uri()));
    return std::optional(std::move(done.published));
  }
  const std::string kept = fmt::format("{}; the run is kept in {}{}", done.spooled_because, done.kept_in.string(),
                                       done.waits ? ", 'valence runs sync' sends it later" : " without that");
  if (flags_.required) return Unavailable(kept);
  log::Warning(kept);
  return std::optional<tracking::Published>();
}

Result<std::optional<tracking::Published>> TrackingSession::Finish(const pipeline::Layout& layout,
                                                                   const pipeline::Trained& trained,
                                                                   const Json& stage_seconds) {
  if (!enabled_) return std::optional<tracking::Published>();
  VALENCE_TRY(const pipeline::RecordFolder folder, pipeline::RecordFolder::Make());
  VALENCE_TRY(tracking::RunRecord record,
              pipeline::MakeRecord(params_, layout, trained, Context(stage_seconds), folder));
  return Publish(std::move(record));
}

Result<std::optional<tracking::Published>> TrackingSession::Finish(const pipeline::Layout& layout,
                                                                   const std::string& name,
                                                                   const pipeline::CrossValidation& validation,
                                                                   const Json& stage_seconds) {
  if (!enabled_) return std::optional<tracking::Published>();
  VALENCE_TRY(const pipeline::RecordFolder folder, pipeline::RecordFolder::Make());
  VALENCE_TRY(tracking::RunRecord record,
              pipeline::MakeRecord(params_, layout, name, validation, Context(stage_seconds), folder));
  return Publish(std::move(record));
}

void TrackingSession::Fail(const Error& error, const Json& stage_seconds) {
  if (!enabled_) return;
  const auto kept = Publish(pipeline::FailedRecord(params_, error, Context(stage_seconds)));
  if (!kept) log::Warning("the failed run was not tracked: " + kept.error().message);
}

}  // namespace valence::app
