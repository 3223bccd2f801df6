// SPDX-License-Identifier: Apache-2.0
#include "sqlite_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>

namespace valence::tracking {
namespace {

auto Recency(const Metric& metric) {
  return std::make_tuple(metric.step, metric.timestamp, ToStored(metric.value).value);
}

Status InsertMetric(SqliteDatabase& database, const std::string& run_id, const Metric& metric) {
  const StoredValue stored = ToStored(metric.value);
  // The primary key is all of the row, so what would conflict is the same value again. No constraint is named: later
  // revisions of the schema change them.
  return database.Run(
      "INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)",
      metric.key, stored.value, metric.timestamp, run_id, metric.step, std::int64_t{stored.is_nan});
}

Status KeepLatest(SqliteDatabase& database, const std::string& run_id, const Metric& metric) {
  bool present = false;
  Metric latest;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT value, timestamp, step FROM latest_metrics WHERE key = ? AND run_uuid = ?",
      [&](const SqliteStatement& row) {
        present = true;
        latest = {metric.key, row.Double(0), row.Int(1), row.Int(2)};
      },
      metric.key, run_id));
  if (present && Recency(metric) <= Recency(latest)) return Ok();
  const StoredValue stored = ToStored(metric.value);
  const std::string_view sql =
      present
          ? "UPDATE latest_metrics SET value = ?, timestamp = ?, step = ?, is_nan = ? WHERE key = ? AND run_uuid = ?"
          : "INSERT INTO latest_metrics (value, timestamp, step, is_nan, key, run_uuid) VALUES (?, ?, ?, ?, ?, ?)";
  return database.Run(sql, stored.value, metric.timestamp, metric.step, std::int64_t{stored.is_nan}, metric.key,
                      run_id);
}

}  // namespace

StoredValue ToStored(double value) {
  constexpr double kGreatest = std::numeric_limits<double>::max();
  if (std::isnan(value)) return {0, true};
  return {std::clamp(value, -kGreatest, kGreatest), false};
}

double FromStored(double value, bool is_nan) { return is_nan ? std::numeric_limits<double>::quiet_NaN() : value; }

Status InsertMetrics(SqliteDatabase& database, const std::string& run_id, std::span<const Metric> metrics) {
  std::map<std::string_view, const Metric*> latest;
  for (const Metric& metric : metrics) {
    VALENCE_RETURN_IF_ERROR(InsertMetric(database, run_id, metric));
    const Metric*& known = latest[metric.key];
    if (known == nullptr || Recency(metric) > Recency(*known)) known = &metric;
  }
  for (const auto& [key, metric] : latest) VALENCE_RETURN_IF_ERROR(KeepLatest(database, run_id, *metric));
  return Ok();
}

Result<std::vector<Metric>> ReadHistory(SqliteDatabase& database, const std::string& run_id, const std::string& key) {
  std::vector<Metric> history;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND key = ? "
      "ORDER BY step, timestamp, value",
      [&](const SqliteStatement& row) {
        history.push_back({key, FromStored(row.Double(0), row.Int(3) != 0), row.Int(1), row.Int(2)});
      },
      run_id, key));
  return history;
}

}  // namespace valence::tracking
