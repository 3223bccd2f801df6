// SPDX-License-Identifier: Apache-2.0
#include "sqlite_run_figures.h"

#include <algorithm>
#include <string>

#include "sqlite_metrics.h"

namespace valence::tracking {
namespace {

// The first column is the run; a condition may follow.
const std::string kMetrics = "SELECT run_uuid, key, value, is_nan, timestamp, step FROM latest_metrics";
const std::string kParams = "SELECT run_uuid, key, value FROM params";
const std::string kTags = "SELECT run_uuid, key, value FROM tags";
const std::string kInputs =
    "SELECT i.destination_id, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, "
    "d.dataset_profile, t.value FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id LEFT JOIN input_tags t "
    "ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' "
    "WHERE i.destination_type = 'RUN' AND i.source_type = 'DATASET'";
// The order of the index: of one run's inputs the one in which they were written, and nothing to sort.
const std::string kInIndexOrder = " ORDER BY i.destination_id, i.rowid";
const std::string kOutputs =
    "SELECT source_id, destination_id, step FROM inputs "
    "WHERE source_type = 'RUN_OUTPUT' AND destination_type = 'MODEL_OUTPUT'";

void AddMetric(const SqliteStatement& row, Run* run) {
  run->metrics.push_back({row.Text(1), FromStored(row.Double(2), row.Int(3) != 0), row.Int(4), row.Int(5)});
}
void AddParam(const SqliteStatement& row, Run* run) { run->params.push_back({row.Text(1), row.Text(2)}); }
void AddTag(const SqliteStatement& row, Run* run) { run->tags.push_back({row.Text(1), row.Text(2)}); }
void AddInput(const SqliteStatement& row, Run* run) {
  run->inputs.push_back({row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7)});
}
void AddOutput(const SqliteStatement& row, Run* run) { run->outputs.push_back({row.Text(1), row.Int(2)}); }

using Add = void (*)(const SqliteStatement& row, Run* run);

template <class... Values>
Status ReadInto(SqliteDatabase& database, const std::string& sql, Add add, RunIndex* runs, const Values&... values) {
  return database.Query(
      sql,
      [&](const SqliteStatement& row) {
        if (Run* run = runs->Find(row.View(0)); run != nullptr) add(row, run);
      },
      values...);
}

Status ReadNamed(SqliteDatabase& database, const RunField& field, RunIndex* runs) {
  switch (field.kind) {
    case RunField::Kind::kMetric:
      return ReadInto(database, kMetrics + " WHERE key = ?", AddMetric, runs, field.key);
    case RunField::Kind::kParam:
      return ReadInto(database, kParams + " WHERE key = ?", AddParam, runs, field.key);
    case RunField::Kind::kTag:
      return ReadInto(database, kTags + " WHERE key = ?", AddTag, runs, field.key);
    default:
      return Ok();
  }
}

bool ByKey(const auto& a, const auto& b) { return a.key < b.key; }

}  // namespace

RunIndex::RunIndex(std::span<Run> runs) {
  runs_.reserve(runs.size());
  for (Run& run : runs) runs_.emplace(run.run_id, &run);
}

Run* RunIndex::Find(std::string_view run_id) {
  if (last_ != nullptr && last_->run_id == run_id) return last_;
  const auto found = runs_.find(run_id);
  if (found == runs_.end()) return nullptr;
  return last_ = found->second;
}

Status ReadFiguresOf(SqliteDatabase& database, Run* run) {
  const auto read = [&](const std::string& sql, Add add) {
    return database.Query(
        sql, [&](const SqliteStatement& row) { add(row, run); }, run->run_id);
  };
  VALENCE_RETURN_IF_ERROR(read(kMetrics + " WHERE run_uuid = ?", AddMetric));
  VALENCE_RETURN_IF_ERROR(read(kParams + " WHERE run_uuid = ?", AddParam));
  VALENCE_RETURN_IF_ERROR(read(kTags + " WHERE run_uuid = ?", AddTag));
  VALENCE_RETURN_IF_ERROR(read(kInputs + " AND i.destination_id = ? ORDER BY i.rowid", AddInput));
  return read(kOutputs + " AND source_id = ? ORDER BY rowid", AddOutput);
}

Status ReadAllFigures(SqliteDatabase& database, RunIndex* runs) {
  VALENCE_RETURN_IF_ERROR(ReadInto(database, kMetrics, AddMetric, runs));
  VALENCE_RETURN_IF_ERROR(ReadInto(database, kParams, AddParam, runs));
  VALENCE_RETURN_IF_ERROR(ReadInto(database, kTags, AddTag, runs));
  VALENCE_RETURN_IF_ERROR(ReadInto(database, kInputs + kInIndexOrder, AddInput, runs));
  return ReadInto(database, kOutputs + " ORDER BY rowid", AddOutput, runs);
}

Status ReadNamedFigures(SqliteDatabase& database, std::vector<RunField> fields, RunIndex* runs) {
  bool wants_datasets = false;
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (field->kind == RunField::Kind::kDataset) wants_datasets = true;
    if (std::find(fields.begin(), field, *field) == field) VALENCE_RETURN_IF_ERROR(ReadNamed(database, *field, runs));
  }
  return wants_datasets ? ReadInto(database, kInputs + kInIndexOrder, AddInput, runs) : Ok();
}

void SortFigures(Run* run) {
  std::sort(run->metrics.begin(), run->metrics.end(), ByKey<Metric, Metric>);
  std::sort(run->params.begin(), run->params.end(), ByKey<Param, Param>);
  std::sort(run->tags.begin(), run->tags.end(), ByKey<Tag, Tag>);
}

}  // namespace valence::tracking
