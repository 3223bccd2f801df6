// SPDX-License-Identifier: Apache-2.0
#include "sqlite_run_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "run_filter.h"
#include "sqlite_experiments.h"
#include "sqlite_run_figures.h"
#include "sqlite_runs.h"

namespace valence::tracking {
namespace {

/// Above this many runs, one pass over whole tables beats look-ups for each run.
constexpr std::size_t kLookUpAtMost = 2000;

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

/// The first `limit` runs in order, without figures. Pointers are sorted: a run is large to move.
std::vector<Run> FirstOf(std::vector<Run> runs, const RunOrder& order, std::size_t limit) {
  std::vector<Run*> sorted;
  for (Run& run : runs) sorted.push_back(&run);
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(limit, sorted.size()));
  const auto before = [&order](const Run* a, const Run* b) { return order(*a, *b); };
  std::nth_element(sorted.begin(), end, sorted.end(), before);
  std::sort(sorted.begin(), end, before);
  std::vector<Run> first;
  first.reserve(static_cast<std::size_t>(end - sorted.begin()));
  for (auto run = sorted.begin(); run != end; ++run) {
    ForgetFigures(*run);
    first.push_back(std::move(**run));
  }
  return first;
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
  runs = FirstOf(std::move(runs), order, query.limit);
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
