// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "run_filter.h"
#include "sqlite_database.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"

/// Three ways to read the rows that belong to runs: of one run, of all runs in one pass, and only named keys. SQL's
/// indexes are on (key, run_uuid) and on run_uuid. To be called inside a transaction of SqliteFile.
namespace valence::tracking {

/// Runs by id. The runs must not move while it is in use.
class RunIndex {
 public:
  explicit RunIndex(std::span<Run> runs);
  /// nullptr for a run that is not among them. Fast when rows of one run follow each other, as they were written.
  Run* Find(std::string_view run_id);

 private:
  std::unordered_map<std::string_view, Run*> runs_;
  Run* last_ = nullptr;
};

Status ReadFiguresOf(SqliteDatabase& database, Run* run);
Status ReadAllFigures(SqliteDatabase& database, RunIndex* runs);
/// The metrics, params and tags with these keys, and the data sets if one of the fields is of them.
Status ReadNamedFigures(SqliteDatabase& database, std::vector<RunField> fields, RunIndex* runs);

/// Orders metrics, params and tags by key.
void SortFigures(Run* run);

}  // namespace valence::tracking
