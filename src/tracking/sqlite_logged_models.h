// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// LoggedModels as rows. To be called inside a transaction of SqliteFile, with values that are checked.
namespace valence::tracking {

/// Error: kNotFound (deleted ones too).
Result<LoggedModel> ReadLoggedModel(SqliteDatabase& database, const std::string& model_id);
/// The model of the experiment whose tag kClientRequestId is `request_id`; "" if there is none.
Result<std::string> FindLoggedModelByRequest(SqliteDatabase& database, std::int64_t experiment_id,
                                             std::string_view request_id);
/// A pending model; gives its id.
Result<std::string> InsertLoggedModel(SqliteDatabase& database, const NewLoggedModel& model,
                                      const Experiment& experiment);
Status UpdateLoggedModelStatus(SqliteDatabase& database, const std::string& model_id, ModelStatus status);
Status UpsertLoggedModelTag(SqliteDatabase& database, const std::string& model_id, std::int64_t experiment_id,
                            const Tag& tag);

/// Where a model's metrics belong.
struct ModelMetricsOwner {
  std::string model_id, run_id, experiment_id;
  std::string dataset_uuid, dataset_name, dataset_digest;  ///< "" without a data set
};
/// NaN is left out: the table has no flag for it, and MLflow's own 0 in its place would be a wrong number.
Status InsertModelMetrics(SqliteDatabase& database, const ModelMetricsOwner& owner, std::span<const Metric> metrics);

}  // namespace valence::tracking
