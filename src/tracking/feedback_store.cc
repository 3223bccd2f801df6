// SPDX-License-Identifier: Apache-2.0
#include "valence/tracking/feedback_store.h"

#include <fmt/format.h>

#include <system_error>

#include "sqlite_database.h"
#include "valence/base/clock.h"

namespace valence::tracking {
namespace {

using Mode = SqliteDatabase::Mode;

constexpr std::chrono::seconds kLockWait{3};
constexpr std::int64_t kApplicationId = 0x56616C46;  // "ValF"; frozen, as the tables are (docs/formats/feedback.md)
constexpr std::int64_t kVersion = 1;

constexpr const char* kTables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS feedback (
  feedback_id INTEGER PRIMARY KEY,
  received_ms INTEGER NOT NULL,
  prediction_id TEXT NOT NULL,
  text TEXT NOT NULL,
  label TEXT NOT NULL,
  predicted TEXT NOT NULL,
  probability REAL NOT NULL,
  model TEXT NOT NULL,
  model_version TEXT NOT NULL
);
PRAGMA application_id = 1449225286;
PRAGMA user_version = 1;
COMMIT;
)sql";

Status CheckIdentity(SqliteDatabase& database) {
  VALENCE_TRY(const std::int64_t id, database.Int("PRAGMA application_id"));
  VALENCE_TRY(const std::int64_t version, database.Int("PRAGMA user_version"));
  if (id == kApplicationId && version == kVersion) return Ok();
  return FailedPrecondition(fmt::format("{}: not a feedback file of this version; name another with --feedback-db",
                                        database.path().string()));
}

}  // namespace

struct FeedbackStore::Impl {
  std::unique_ptr<SqliteDatabase> database;
};

FeedbackStore::FeedbackStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FeedbackStore::~FeedbackStore() = default;

Result<std::unique_ptr<FeedbackStore>> FeedbackStore::Open(const std::filesystem::path& path) {
  VALENCE_TRY(auto database, SqliteDatabase::Open(path, Mode::kCreate));
  database->SetLockWait(kLockWait);
  VALENCE_TRY(const std::int64_t tables, database->Int("SELECT count(*) FROM sqlite_master"));
  if (tables == 0) {
    VALENCE_RETURN_IF_ERROR(database->Script(kTables));
  }
  VALENCE_RETURN_IF_ERROR(CheckIdentity(*database));
  VALENCE_RETURN_IF_ERROR(database->Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  return std::unique_ptr<FeedbackStore>(new FeedbackStore(std::make_unique<Impl>(Impl{std::move(database)})));
}

Result<std::unique_ptr<FeedbackStore>> FeedbackStore::OpenToRead(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return NotFound(fmt::format("{}: there is no such file; valence serve --feedback-db makes it", path.string()));
  }
  VALENCE_TRY(auto database, SqliteDatabase::Open(path, Mode::kReadOnly));
  database->SetLockWait(kLockWait);
  VALENCE_RETURN_IF_ERROR(CheckIdentity(*database));
  return std::unique_ptr<FeedbackStore>(new FeedbackStore(std::make_unique<Impl>(Impl{std::move(database)})));
}

Result<std::int64_t> FeedbackStore::Add(const Feedback& f) {
  constexpr std::string_view kInsert =
      "INSERT INTO feedback (received_ms, prediction_id, text, label, predicted, probability, model, model_version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  const auto text = [](const std::string& value) { return std::string_view(value); };
  VALENCE_RETURN_IF_ERROR(impl_->database->Run(kInsert, NowMilliseconds(), text(f.prediction_id), text(f.text),
                                               text(f.label), text(f.predicted), f.probability, text(f.model),
                                               text(f.model_version)));
  return impl_->database->last_row_id();
}

Result<std::vector<LabelledText>> FeedbackStore::Labelled() {
  constexpr std::string_view kSelect =
      "SELECT prediction_id, text, label FROM feedback "
      "JOIN (SELECT min(feedback_id) AS first, max(feedback_id) AS last FROM feedback GROUP BY text) "
      "ON feedback_id = last ORDER BY first";
  std::vector<LabelledText> labelled;
  VALENCE_RETURN_IF_ERROR(impl_->database->Query(kSelect, [&](const SqliteStatement& row) {
    labelled.push_back({row.Text(0), row.Text(1), row.Text(2)});
  }));
  return labelled;
}

}  // namespace valence::tracking
