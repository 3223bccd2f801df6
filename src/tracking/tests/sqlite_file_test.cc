// SPDX-License-Identifier: Apache-2.0
#include "sqlite_file.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "store_fixture.h"
#include "valence/base/files.h"

namespace valence::tracking {
namespace {

using testing::HasSubstr;
using Mode = SqliteDatabase::Mode;

const SqliteOptions kNoCreate{.artifacts = {}, .create = false, .read_only = false};
const SqliteOptions kReadOnly{.artifacts = {}, .create = true, .read_only = true};

/// A folder and what another program would have put into it.
class SqliteFileTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return dir_ / "mlflow.db"; }
  std::filesystem::path copy() const { return dir_ / "mlflow.db.before-valence"; }

  std::unique_ptr<SqliteDatabase> Raw(Mode mode = Mode::kCreate) {
    auto database = SqliteDatabase::Open(path(), mode);
    EXPECT_THAT(database, IsOk());
    return std::move(database).value();
  }
  /// MLflow's schema, without our mark.
  void MakeForeign(const std::string& more = "") {
    ASSERT_THAT(Raw()->Script(kCreateTables), IsOk());
    ASSERT_THAT(Raw()->Script(more.c_str()), IsOk()) << more;
  }
  Result<Stores> Open() { return OpenSqlite(path(), {}); }

  TempDir dir_;
};

TEST_F(SqliteFileTest, MakesAMarkedWalDatabaseWithTheDefaultExperiment) {
  ASSERT_THAT(Open(), IsOk());
  const auto raw = Raw(Mode::kReadOnly);
  EXPECT_THAT(raw->Int("PRAGMA application_id"), IsOkAndHolds(kApplicationId));
  std::string journal;
  ASSERT_THAT(raw->Query("PRAGMA journal_mode", [&](const SqliteStatement& row) { journal = row.Text(0); }), IsOk());
  EXPECT_EQ(journal, "wal");
  EXPECT_THAT(raw->Int("SELECT count(*) FROM experiments WHERE experiment_id = 0 AND name = 'Default'"),
              IsOkAndHolds(1));
  EXPECT_FALSE(std::filesystem::exists(copy()));
}

TEST_F(SqliteFileTest, DoesNotMakeItUnlessAsked) {
  EXPECT_THAT(OpenSqlite(path(), kNoCreate), IsError(ErrorCode::kNotFound, HasSubstr("no such database")));
  EXPECT_THAT(OpenSqlite(path(), kReadOnly), IsError(ErrorCode::kNotFound, HasSubstr("no such database")));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(SqliteFileTest, FillsAnEmptyFile) {
  ASSERT_THAT(WriteFile(path(), ""), IsOk());
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(SqliteFileTest, IsMadeOnceByManyAtATime) {
  std::vector<std::thread> threads;
  std::vector<std::string> failures(8);
  for (std::string& failure : failures) {
    threads.emplace_back([this, &failure] {
      const Result<Stores> stores = OpenSqlite(path(), {});
      if (!stores.has_value())
        failure = stores.error().message;
      else if (const auto e = stores->tracking->EnsureExperiment("x"); !e.has_value())
        failure = e.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(failures, testing::Each(""));
  EXPECT_THAT(Raw()->Int("SELECT count(*) FROM experiments"), IsOkAndHolds(2));
}

TEST_F(SqliteFileTest, CopiesAForeignDatabaseBeforeTheFirstWriteOnly) {
  MakeForeign();
  const Result<Stores> stores = Open();
  ASSERT_THAT(stores, IsOk());
  ASSERT_THAT(stores->tracking->ListExperiments(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(copy()));  // nothing was written yet
  ASSERT_THAT(stores->tracking->EnsureExperiment("first"), IsOk());
  ASSERT_TRUE(std::filesystem::exists(copy()));
  ASSERT_THAT(Open()->tracking->EnsureExperiment("second"), IsOk());

  const auto kept = SqliteDatabase::Open(copy(), Mode::kReadOnly);
  ASSERT_THAT(kept, IsOk());
  EXPECT_THAT((*kept)->Int("SELECT count(*) FROM experiments"), IsOkAndHolds(0));
  EXPECT_THAT((*kept)->Int("SELECT count(*) FROM sqlite_master WHERE type = 'table'"), IsOkAndHolds(23));
  EXPECT_THAT(Raw()->Int("PRAGMA application_id"), IsOkAndHolds(0));  // it stays theirs
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
    EXPECT_THAT(entry.path().string(), testing::Not(HasSubstr(".tmp."))) << "a temporary file was left";
}

TEST_F(SqliteFileTest, NoticesAMigrationBetweenTwoCalls) {
  const Result<Stores> stores = Open();
  ASSERT_THAT(stores->tracking->EnsureExperiment("x"), IsOk());
  ASSERT_THAT(Raw()->Script("ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'"),
              IsOk());
  ASSERT_THAT(
      Raw()->Script("INSERT INTO experiments (name, workspace, lifecycle_stage) VALUES ('y', 'team', 'active')"),
      IsOk());
  EXPECT_EQ(stores->tracking->ListExperiments()->size(), 2u);  // Default and x
  ASSERT_THAT(Raw()->Script("ALTER TABLE runs DROP COLUMN source_version"), IsOk());
  EXPECT_THAT(stores->tracking->ListExperiments(),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("no column runs.source_version")));
}

TEST_F(SqliteFileTest, RefusesWhatIsTooOldOrTooNewAndSaysWhatToDo) {
  MakeForeign("UPDATE alembic_version SET version_num = 'future'; ALTER TABLE params ADD COLUMN note TEXT");
  EXPECT_THAT(Open(), IsOk());  // unknown, but we can leave the new column out
  ASSERT_THAT(Raw()->Script("ALTER TABLE tags ADD COLUMN owner TEXT NOT NULL DEFAULT 'x'"), IsOk());
  EXPECT_THAT(Open(), IsOk());
  ASSERT_THAT(Raw()->Script("DROP TABLE input_tags; CREATE TABLE input_tags (input_uuid TEXT, name TEXT, value TEXT, "
                            "author TEXT NOT NULL)"),
              IsOk());
  EXPECT_THAT(Open(), IsError(ErrorCode::kFailedPrecondition,
                              testing::AllOf(HasSubstr("revision future"), HasSubstr("input_tags.author"),
                                             HasSubstr("update Valence"))));
  ASSERT_THAT(Raw()->Script("PRAGMA foreign_keys = OFF; DROP TABLE logged_models"), IsOk());
  EXPECT_THAT(Open(), IsError(ErrorCode::kFailedPrecondition, HasSubstr("mlflow db upgrade sqlite:///")));
}

TEST_F(SqliteFileTest, RefusesOtherFiles) {
  ASSERT_THAT(WriteFile(path(), std::string(5000, 'x')), IsOk());
  EXPECT_THAT(Open(), IsError(ErrorCode::kFailedPrecondition, HasSubstr("not an SQLite database")));
  std::filesystem::remove(path());
  ASSERT_THAT(Raw()->Script("CREATE TABLE mine (x)"), IsOk());
  EXPECT_THAT(Open(), IsError(ErrorCode::kFailedPrecondition, HasSubstr("but not MLflow's")));
}

TEST_F(SqliteFileTest, SaysThatAFileIsDamaged) {
  MakeForeign("PRAGMA journal_mode = DELETE");
  std::string bytes = *ReadFile(path());
  std::fill(bytes.begin() + 4096, bytes.end(), '\xA5');  // all but the first page
  ASSERT_THAT(WriteFile(path(), bytes), IsOk());
  EXPECT_THAT(Open(), IsError(ErrorCode::kFailedPrecondition, HasSubstr("damaged")));
}

TEST_F(SqliteFileTest, SaysThatItIsLockedAndWritesNothing) {
  ASSERT_THAT(Open(), IsOk());
  const auto file = SqliteFile::Open(path(), {});
  ASSERT_THAT(file, IsOk());
  (*file)->database().SetLockWait(std::chrono::milliseconds(50));
  const auto other = Raw();
  ASSERT_THAT(other->Run("BEGIN IMMEDIATE"), IsOk());
  const auto write = [&] { return (*file)->Write([] { return Ok(); }); };
  EXPECT_THAT(write(), IsError(ErrorCode::kUnavailable, HasSubstr("locked by another program")));
  EXPECT_THAT((*file)->Read([] { return Ok(); }), IsOk());  // WAL: readers go on
  ASSERT_THAT(other->Run("ROLLBACK"), IsOk());
  EXPECT_THAT(write(), IsOk());
}

TEST_F(SqliteFileTest, AFullDiskUndoesTheWholeCall) {
  const auto file = SqliteFile::Open(path(), {});
  ASSERT_THAT(file, IsOk());
  SqliteDatabase& database = (*file)->database();
  ASSERT_THAT(database.Run("PRAGMA max_page_count = 1"), IsOk());  // no page more than there are
  const std::string note(20'000, 'x');
  const Status written = (*file)->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(database.Run("UPDATE experiments SET name = 'gone'"));
    return database.Run("INSERT INTO experiment_tags (key, value, experiment_id) VALUES ('n', ?, 0)", note);
  });
  EXPECT_THAT(written, IsError(ErrorCode::kUnavailable, HasSubstr("no space left")));
  EXPECT_THAT(database.Int("SELECT count(*) FROM experiments WHERE name = 'Default'"), IsOkAndHolds(1));
}

/// Tests run as root in containers, who may write anywhere; so do it as nobody.
class AsNobody {
 public:
  AsNobody() { failed_ = ::geteuid() == 0 && ::seteuid(65534) != 0; }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (::seteuid(::getuid()) != 0) std::abort();
    ::prctl(PR_SET_DUMPABLE, 1);  // lost with the first seteuid; the leak sanitizer attaches to us
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

TEST_F(SqliteFileTest, ReadsAndRefusesToWriteInAReadOnlyFolder) {
  ASSERT_THAT(Open()->tracking->EnsureExperiment("x"), IsOk());
  ASSERT_FALSE(std::filesystem::exists(path().string() + "-wal"));  // closed: all is in the file
  ASSERT_EQ(::chmod(path().c_str(), 0444), 0);
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0555), 0);
  {
    const AsNobody nobody;
    ASSERT_FALSE(nobody.failed());
    const Result<Stores> reader = OpenSqlite(path(), kReadOnly);
    ASSERT_THAT(reader, IsOk());
    EXPECT_EQ(reader->tracking->ListExperiments()->size(), 2u);
    EXPECT_THAT(reader->tracking->EnsureExperiment("y"), IsError(ErrorCode::kFailedPrecondition, HasSubstr("reading")));
    EXPECT_THAT(Open(), IsError(ErrorCode::kUnavailable, HasSubstr("writable")));
    EXPECT_THAT(OpenSqlite(dir_ / "new.db", {}), IsError(ErrorCode::kUnavailable, HasSubstr("writable")));
  }
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
}

}  // namespace
}  // namespace valence::tracking
