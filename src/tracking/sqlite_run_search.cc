// SPDX-License-Identifier: Apache-2.0
#include "sqlite_run_search.h"

#include <fmt/format.h>

#include <algorithm>

#include "run_filter.h"
#include "sqlite_experiments.h"
#include "sqlite_run_figures.h"
#include "sqlite_runs.h"

namespace valence::tracking {
namespace {

/// From this many runs on, one pass over a whole table beats a look-up for each run.
constexpr std::size_t kLookUpAtMost = 200;

Result<std::vector<Run>> ReadRuns(SqliteDatabase& database, const std::vector<std::string>& experiment_ids) {
  std::vector<std::int64_t> ids;
  for (const std::string& experiment_id : experiment_ids) {
    VALENCE_TRY(const std::int64_t id, ParseExperimentId(experiment_id));
    ids.push_back(id);
  }
  std::vector<Run> runs;
  Status status = Ok();
  VALENCE_RETURN_IF_ERROR(
      database.Query(fmt::format("SELECT {} FROM runs WHERE lifecycle_stage = 'active' AND experiment_id IN ({})",
                                 kRunColumns, fmt::join(ids, ",")),
                     [&](const SqliteStatement& row) {
                       Result<Run> run = RunFrom(row);
                       if (run.has_value())
                         runs.push_back(std::move(run).value());
                       else
                         status = std::move(run).error();
                     }));
  VALENCE_RETURN_IF_ERROR(status);
  return runs;
}

void ForgetFigures(Run* run) {
  run->metrics.clear();
  run->params.clear();
  run->tags.clear();
  run->inputs.clear();
}

}  // namespace

Result<std::vector<Run>> FindRuns(SqliteDatabase& database, const RunQuery& query) {
  VALENCE_TRY(const RunFilter filter, RunFilter::Parse(query.filter));
  VALENCE_TRY(const RunOrder order, RunOrder::Parse(query.order_by));
  VALENCE_TRY(std::vector<Run> runs, ReadRuns(database, query.experiment_ids));

  std::vector<RunField> named = filter.fields();
  for (const RunField& field : order.fields()) named.push_back(field);
  RunIndex index(runs);
  VALENCE_RETURN_IF_ERROR(ReadNamedFigures(database, named, &index));
  std::erase_if(runs, [&](const Run& run) { return !filter.Matches(run); });
  const std::size_t count = std::min(query.limit, runs.size());
  std::partial_sort(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(count), runs.end(), order);
  runs.resize(count);

  std::for_each(runs.begin(), runs.end(), [](Run& run) { ForgetFigures(&run); });
  VALENCE_RETURN_IF_ERROR(ReadFigures(database, runs));
  return runs;
}

Status ReadFigures(SqliteDatabase& database, std::span<Run> runs) {
  if (runs.size() > kLookUpAtMost) {
    RunIndex index(runs);
    VALENCE_RETURN_IF_ERROR(ReadAllFigures(database, &index));
  } else {
    for (Run& run : runs) VALENCE_RETURN_IF_ERROR(ReadFiguresOf(database, &run));
  }
  for (Run& run : runs) SortFigures(&run);
  return Ok();
}

}  // namespace valence::tracking
