// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"
#include "valence/tracking/tracking_store.h"

/// Runs with their figures. To be called inside a transaction of SqliteFile.
namespace valence::tracking {

/// The active runs of the query, in its order, with all their figures. Reads what the filter and the order name for all
/// runs of the experiments, and everything else only for those that are returned.
Result<std::vector<Run>> FindRuns(SqliteDatabase& database, const RunQuery& query);

/// Fills in metrics, params, tags, inputs and outputs of runs that have none yet.
Status ReadFigures(SqliteDatabase& database, std::span<Run> runs);

}  // namespace valence::tracking
