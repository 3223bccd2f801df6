// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Runs, their params and tags as rows. To be called inside a transaction of SqliteFile, with values that are checked.
namespace valence::tracking {

/// The columns of a run itself, in the order RunFrom reads them.
inline constexpr std::string_view kRunColumns =
    "run_uuid, name, experiment_id, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage";
/// Without figures. Error: kDataCorrupt for an unknown status.
Result<Run> RunFrom(const SqliteStatement& row);

/// Without figures. Error: kNotFound.
Result<Run> ReadRun(SqliteDatabase& database, const std::string& run_id);
/// The same; error kFailedPrecondition if it is deleted, and so cannot be written.
Result<Run> ReadActiveRun(SqliteDatabase& database, const std::string& run_id);
/// The run of the experiment whose tag kClientRequestId is `request_id`; "" if there is none.
Result<std::string> FindRunByRequest(SqliteDatabase& database, std::int64_t experiment_id, std::string_view request_id);

/// A new, running run; gives its id.
Result<std::string> InsertRun(SqliteDatabase& database, const NewRun& new_run, const Experiment& experiment);
Status UpdateRunRow(SqliteDatabase& database, const std::string& run_id, RunStatus status, std::int64_t end_time);

/// Error: kConflict for a param that has another value already.
Status InsertParams(SqliteDatabase& database, const std::string& run_id, std::span<const Param> params);
Status UpsertTags(SqliteDatabase& database, const std::string& run_id, std::span<const Tag> tags);

}  // namespace valence::tracking
