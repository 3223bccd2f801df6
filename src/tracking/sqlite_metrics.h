// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Metrics as rows. To be called inside a transaction of SqliteFile, with keys that are checked.
namespace valence::tracking {

/// A metric's value as SQL keeps it: NaN is 0 and a flag, infinities are the greatest finite doubles.
struct StoredValue {
  double value = 0;
  bool is_nan = false;
};
StoredValue ToStored(double value);
double FromStored(double value, bool is_nan);

/// Adds what is new to `metrics` and keeps `latest_metrics`, from which MLflow's UI reads: per key the value of the
/// greatest step, then time stamp, then value.
Status InsertMetrics(SqliteDatabase& database, const std::string& run_id, std::span<const Metric> metrics);

/// Ordered by step, then time stamp, then value.
Result<std::vector<Metric>> ReadHistory(SqliteDatabase& database, const std::string& run_id, const std::string& key);

}  // namespace valence::tracking
