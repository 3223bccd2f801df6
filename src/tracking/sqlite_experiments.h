// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sqlite_database.h"
#include "sqlite_schema.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Experiments as rows. To be called inside a transaction of SqliteFile.
namespace valence::tracking {

/// Error: kInvalidArgument if it is not a whole number, as the SQL store's ids are.
Result<std::int64_t> ParseExperimentId(const std::string& experiment_id);

/// Deleted ones too. Error: kNotFound.
Result<Experiment> ReadExperiment(SqliteDatabase& database, const std::string& experiment_id);
Result<Experiment> ReadExperimentByName(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name);
/// Active ones, ordered by id.
Result<std::vector<Experiment>> ReadExperiments(SqliteDatabase& database, const SqliteSchema& schema);

/// A new experiment whose artifacts lie in `artifacts`/<id>.
Result<Experiment> InsertExperiment(SqliteDatabase& database, const std::string& name,
                                    const std::filesystem::path& artifacts);

/// Error: kFailedPrecondition if it is deleted.
Status CheckActive(const Experiment& experiment);

}  // namespace valence::tracking
