// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Data sets, and the edges of MLflow's table `inputs` that tie them and logged models to runs. To be called inside a
/// transaction of SqliteFile, with values that are checked.
namespace valence::tracking {

/// The data set of that name and digest in the experiment, made if there is none; gives its dataset_uuid.
Result<std::string> EnsureDataset(SqliteDatabase& database, std::int64_t experiment_id, const DatasetInput& dataset);

/// Edges that are there already stay as they are.
Status InsertInputs(SqliteDatabase& database, std::int64_t experiment_id, const std::string& run_id,
                    std::span<const DatasetInput> datasets);
Status InsertModelInput(SqliteDatabase& database, const std::string& run_id, const std::string& model_id);
Status InsertOutput(SqliteDatabase& database, const std::string& run_id, const ModelOutput& model);

}  // namespace valence::tracking
