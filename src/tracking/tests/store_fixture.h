// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sqlite_database.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

/// A new store in a folder of its own, with the experiment "sentiment".
class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Stores> stores = OpenSqlite(path(), {});
    ASSERT_THAT(stores, IsOk());
    tracking_ = stores->tracking;
    registry_ = stores->registry;
    Result<Experiment> experiment = tracking_->EnsureExperiment("sentiment");
    ASSERT_THAT(experiment, IsOk());
    experiment_ = *experiment;
  }

  std::filesystem::path path() const { return dir_ / "mlflow.db"; }

  tracking::Run NewRunNamed(const std::string& name) {
    Result<tracking::Run> run = tracking_->CreateRun({experiment_.experiment_id, name, "ann", 1000, {}});
    EXPECT_THAT(run, IsOk());
    return run.has_value() ? *run : tracking::Run();
  }

  LoggedModel NewModelOf(const tracking::Run& run) {
    Result<LoggedModel> model =
        tracking_->CreateLoggedModel({experiment_.experiment_id, "model", "classifier", run.run_id, {{"c", "1"}}, {}});
    EXPECT_THAT(model, IsOk());
    return model.has_value() ? *model : LoggedModel();
  }

  /// Runs SQL as somebody else would.
  void Sql(const std::string& sql) {
    const auto database = SqliteDatabase::Open(path(), SqliteDatabase::Mode::kReadWrite);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT((*database)->Script(sql.c_str()), IsOk()) << sql;
  }
  std::int64_t SqlInt(const std::string& sql) {
    const auto database = SqliteDatabase::Open(path(), SqliteDatabase::Mode::kReadWrite);
    return database.has_value() ? (*database)->Int(sql).value() : -1;
  }

  TempDir dir_;
  std::shared_ptr<TrackingStore> tracking_;
  std::shared_ptr<RegistryStore> registry_;
  Experiment experiment_;
};

}  // namespace valence::tracking
