// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "commands.h"
#include "run_view.h"
#include "scatter.h"
#include "terminal.h"
#include "tracking_session.h"
#include "valence/base/file_lock.h"
#include "valence/base/log.h"

namespace valence::app {
namespace {

using tracking::Run;

/// Of `valence run`, and of the candidates of `tune` and `compare`.
constexpr std::array<const char*, 7> kUsualMetrics{"accuracy", "f1_macro",    "roc_auc",    "log_loss",
                                                   "ece",      "cv/accuracy", "cv/log_loss"};

struct Flags {
  TrackingFlags tracking;
  std::string experiment, sort, filter;
  std::vector<std::string> runs, metrics, plot;
  std::size_t limit = 20;
  bool ascending = false;
};

/// The named experiment, or all.
Result<std::vector<std::string>> ExperimentIds(tracking::TrackingStore& store, const std::string& name) {
  std::vector<std::string> ids;
  if (!name.empty()) {
    VALENCE_TRY(const auto experiment, store.FindExperiment(name));
    ids.push_back(experiment.experiment_id);
    return ids;
  }
  VALENCE_TRY(const auto all, store.ListExperiments());
  for (const auto& experiment : all) ids.push_back(experiment.experiment_id);
  return ids;
}

Result<std::vector<Run>> Search(tracking::TrackingStore& store, const Flags& flags) {
  tracking::RunQuery query{.filter = flags.filter, .limit = flags.limit};
  VALENCE_TRY(query.experiment_ids, ExperimentIds(store, flags.experiment));
  if (!flags.sort.empty()) {
    query.order_by = {fmt::format("metrics.`{}` {}", flags.sort, flags.ascending ? "ASC" : "DESC")};
  }
  if (query.experiment_ids.empty()) return std::vector<Run>();
  return store.SearchRuns(query);
}

/// Runs by id, or by the first digits of one; without any, those that `list` shows.
Result<std::vector<Run>> Named(tracking::TrackingStore& store, const Flags& flags) {
  if (flags.runs.empty()) return Search(store, flags);
  std::vector<Run> all, named;
  for (const std::string& id : flags.runs) {
    if (id.size() == 32) {
      VALENCE_TRY(Run run, store.GetRun(id));
      named.push_back(std::move(run));
      continue;
    }
    if (all.empty()) {
      Flags every = flags;
      every.limit = 50000;
      VALENCE_TRY(all, Search(store, every));
    }
    std::vector<Run> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                 [&](const Run& run) { return run.run_id.starts_with(id); });
    if (found.empty()) return NotFound(fmt::format("no run begins with '{}' in {}", id, store.uri()));
    if (found.size() > 1)
      return InvalidArgument(fmt::format("{} runs begin with '{}'; give more digits", found.size(), id));
    named.push_back(std::move(found.front()));
  }
  return named;
}

Status PrintRuns(const Context& context, const std::vector<Run>& runs, const std::string& text) {
  if (!context.json) return Print(text);
  Json json = Json::MakeArray();
  for (const Run& run : runs) json.Push(RunJson(run));
  return Print(json.Dump(2) + '\n');
}

std::string Plot(const std::vector<Run>& runs, const std::vector<std::string>& axes) {
  if (axes.size() != 2) return {};
  std::vector<ScatterPoint> points;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    points.push_back({MetricOf(runs[i], axes[0]), MetricOf(runs[i], axes[1]), MarkOf(i)});
  }
  const std::string plot = RenderScatter(points, axes[0], axes[1], 64, 16);
  return plot.empty() ? fmt::format("\n  no run has both {} and {}\n", axes[0], axes[1]) : "\n" + plot;
}

/// The metrics of the table: those wanted, else the usual ones that a run has; with the one that sorts it.
std::vector<std::string> Columns(const Flags& flags, const std::vector<Run>& runs) {
  std::vector<std::string> columns = flags.metrics;
  if (columns.empty()) {
    for (const char* usual : kUsualMetrics) {
      const auto has_it = [&](const Run& run) { return !std::isnan(MetricOf(run, usual)); };
      if (std::any_of(runs.begin(), runs.end(), has_it)) columns.emplace_back(usual);
    }
  }
  const bool shown = flags.sort.empty() || std::find(columns.begin(), columns.end(), flags.sort) != columns.end();
  if (!shown) columns.insert(columns.begin(), flags.sort);
  return columns;
}

Outcome List(const Context& context, const Flags& flags) {
  VALENCE_TRY(const tracking::Stores stores, OpenStores(flags.tracking));
  VALENCE_TRY(const auto runs, AsEnvironment(Search(*stores.tracking, flags)));
  VALENCE_RETURN_IF_ERROR(PrintRuns(context, runs, RunsTable(runs, Columns(flags, runs)) + Plot(runs, flags.plot)));
  return kSuccess;
}

Outcome Show(const Context& context, const Flags& flags) {
  VALENCE_TRY(const tracking::Stores stores, OpenStores(flags.tracking));
  VALENCE_TRY(const auto runs, AsEnvironment(Named(*stores.tracking, flags)));
  std::string text;
  for (const Run& run : runs) text += (text.empty() ? "" : "\n") + RunText(run);
  VALENCE_RETURN_IF_ERROR(PrintRuns(context, runs, text));
  return kSuccess;
}

Outcome Compare(const Context& context, const Flags& flags) {
  VALENCE_TRY(const tracking::Stores stores, OpenStores(flags.tracking));
  VALENCE_TRY(const auto runs, AsEnvironment(Named(*stores.tracking, flags)));
  if (runs.empty()) return AsEnvironment(NotFound("there are no runs to compare in " + stores.tracking->uri()));
  VALENCE_RETURN_IF_ERROR(
      PrintRuns(context, runs, ComparisonTable(runs, Columns(flags, runs)) + Plot(runs, flags.plot)));
  return kSuccess;
}

struct Sync {
  Json sent = Json::MakeArray();
  std::size_t waiting = 0;
};

/// Sends what waits in one database; stops at the first failure, since the next would fail the same way. One process at
/// a time: two would send the same run twice.
Status SyncFrom(const Context& context, const std::filesystem::path& database, tracking::TrackingStore& store,
                Sync* sync) {
  auto local = tracking::OpenSqlite(database, {.artifacts = {}, .create = false});
  if (!local && local.error().code == ErrorCode::kNotFound) return Ok();
  if (!local) return std::move(local).error();
  VALENCE_TRY(const FileLock lock, FileLock::TryTake(database.string() + ".sync-lock"));
  VALENCE_TRY(const std::vector<Run> waiting, tracking::SpooledRuns(*local->tracking));
  if (waiting.empty()) return Ok();
  sync->waiting += waiting.size();
  if (local->tracking->uri() == store.uri()) {
    return FailedPrecondition(fmt::format(
        "what waits in {} waits for a server; name it with --tracking-uri or MLFLOW_TRACKING_URI", database.string()));
  }
  for (const Run& run : waiting) {
    VALENCE_TRY(const auto published, tracking::Sync(run, *local->tracking, store));
    for (const std::string& warning : published.warnings) log::Warning(warning);
    sync->sent.Push(Json::MakeObject({{"local_run_id", run.run_id}, {"run_id", published.run_id}}));
    if (!context.json) PrintStderr(fmt::format("sent {} as {} to {}\n", run.run_id, published.run_id, store.uri()));
  }
  return Ok();
}

/// What waits in the local store, and in the one beside it.
Outcome SyncAll(const Context& context, const Flags& flags) {
  VALENCE_TRY(const tracking::Stores stores, OpenStores(flags.tracking));
  Sync sync;
  const Status beside = AsEnvironment(SyncFrom(context, tracking::SpoolBeside(kLocalStore), *stores.tracking, &sync));
  const Status local = AsEnvironment(SyncFrom(context, kLocalStore, *stores.tracking, &sync));
  VALENCE_RETURN_IF_ERROR(
      Print(context.json ? sync.sent.Dump(2) + '\n'
                         : fmt::format("  {} of {} waiting runs sent\n", sync.sent.array().size(), sync.waiting)));
  VALENCE_RETURN_IF_ERROR(beside);
  VALENCE_RETURN_IF_ERROR(local);
  return kSuccess;
}

void AddSearchFlags(CLI::App& command, Flags& flags) {
  command.add_option("--experiment", flags.experiment, "Only this experiment (default: all)")->type_name("NAME");
  command.add_option("--sort", flags.sort, "Sort by this metric, greatest first (default: newest first)")
      ->type_name("METRIC");
  command.add_flag("--ascending", flags.ascending, "Least first");
  command.add_option("--filter", flags.filter,
                     "MLflow filter, such as \"metrics.accuracy > 0.9 and params.train.C = '3'\"");
  command.add_option("--limit", flags.limit, "Most runs to show")->check(CLI::Range(1, 50000))->capture_default_str();
  command.add_option("--metrics", flags.metrics, "Metrics to show (default: the usual ones that a run has)")
      ->delimiter(',')
      ->type_name("M,M,...");
  command.add_option("--plot", flags.plot, "Plot two metrics of the runs, such as --plot accuracy,log_loss")
      ->delimiter(',')
      ->expected(2)
      ->type_name("X,Y");
}

}  // namespace

void AddRuns(CLI::App& app, Context& context) {
  CLI::App* runs = app.add_subcommand("runs", "Tracked runs: list, show, compare, sync");
  runs->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Outcome (*work)(const Context&, const Flags&)) {
    CLI::App* command = runs->add_subcommand(name, help);
    const auto flags = std::make_shared<Flags>();
    AddJsonFlag(*command, context);
    AddTrackingFlags(*command, flags->tracking, /*makes_runs=*/false);
    command->callback(
        [&context, flags, work] { context.action = [&context, flags, work] { return work(context, *flags); }; });
    return std::pair(command, flags);
  };
  const auto [list, list_flags] = add("list", "Runs with their metrics, sorted by any of them", List);
  AddSearchFlags(*list, *list_flags);
  const auto [show, show_flags] = add("show", "Everything of a run", Show);
  show->add_option("RUN", show_flags->runs, "Run id, or its first digits")->required();
  const auto [compare, compare_flags] = add("compare", "Runs side by side: parameters that differ, metrics", Compare);
  compare->add_option("RUN", compare_flags->runs, "Run ids, or their first digits (default: the latest)");
  AddSearchFlags(*compare, *compare_flags);
  add("sync", "Send the runs that were kept locally while the server was away", SyncAll);
}

}  // namespace valence::app
