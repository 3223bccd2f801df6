// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "spool_record.h"
#include "valence/tracking/run_record.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {
namespace {

using internal::kPending;
using internal::kSpoolState;

Tag MakeTag(std::string_view key, std::string_view value) { return {std::string(key), std::string(value)}; }

/// What `Sync` needs to know later, beside what the run itself says.
void AddSpoolTags(const RunRecord& record, const std::string& server, const std::string& reason, RunRecord* spooled) {
  spooled->tags.push_back(MakeTag(kSpoolState, kPending));
  spooled->tags.push_back(MakeTag(internal::kSpoolServer, server));
  spooled->tags.push_back(MakeTag(internal::kSpoolReason, reason));
  if (!record.experiment_id.empty()) {
    spooled->tags.push_back(MakeTag(internal::kSpoolExperimentId, record.experiment_id));
  }
  if (!record.resume_run_id.empty()) {
    spooled->tags.push_back(MakeTag(internal::kSpoolResumeRunId, record.resume_run_id));
  }
  if (!record.active_model_id.empty()) {
    spooled->tags.push_back(MakeTag(internal::kSpoolActiveModelId, record.active_model_id));
  }
  // Ids of the server's mean nothing here.
  spooled->experiment_id.clear();
  spooled->resume_run_id.clear();
  spooled->active_model_id.clear();
}

/// Publishes what of the record the local store can take.
Result<Published> Keep(const RunRecord& record, TrackingStore& local, bool is_spooled, const std::string& server,
                       const std::string& reason) {
  std::vector<std::string> warnings;
  RunRecord kept = internal::Acceptable(record, &warnings);
  if (is_spooled) AddSpoolTags(record, server, reason, &kept);
  VALENCE_TRY(Published published, Publish(kept, local));
  std::move(warnings.begin(), warnings.end(), std::back_inserter(published.warnings));
  return published;
}

/// Whether a tracking URI is the database's.
bool IsStoreAt(const std::string& uri, const std::filesystem::path& database) {
  const Result<std::filesystem::path> path = LocalDatabase(uri);
  if (!path.has_value()) return false;
  std::error_code ignored;
  const auto absolute = [&](const std::filesystem::path& p) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(p, ignored), ignored);
  };
  return absolute(*path) == absolute(database);
}

/// A part of the record is at fault, or a file of it, not the place that was to take it.
bool IsOfTheRecord(const Error& error) {
  return error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kConflict ||
         error.code == ErrorCode::kNotFound;
}

}  // namespace

Result<Published> Spool(const RunRecord& record, TrackingStore& local, const std::string& server,
                        const std::string& reason) {
  return Keep(record, local, /*is_spooled=*/true, server, reason);
}

std::filesystem::path SpoolBeside(const std::filesystem::path& database) {
  return database.parent_path() / (database.stem().string() + "-spool" + database.extension().string());
}

Result<SpooledIn> SpoolLocally(const RunRecord& record, const std::filesystem::path& database,
                               const std::string& server, const std::string& reason) {
  std::vector<std::filesystem::path> places{database, SpoolBeside(database)};
  if (IsStoreAt(server, database)) places.erase(places.begin());
  std::string failures;
  for (const std::filesystem::path& place : places) {
    const Result<Stores> local = OpenSqlite(place, {});
    Result<Published> kept = local.has_value() ? Spool(record, *local->tracking, server, reason) : local.error();
    if (kept.has_value()) return SpooledIn{*std::move(kept), place};
    failures += fmt::format("; and the run could not be kept in {} either: {}", place.string(), kept.error().message);
  }
  return Unavailable(reason + failures);
}

Result<PublishedOrSpooled> PublishOrSpool(const RunRecord& record, TrackingStore& store,
                                          const std::filesystem::path& database) {
  Result<Published> sent = Publish(record, store);
  if (sent.has_value()) return PublishedOrSpooled{*std::move(sent), "", {}, false};
  const std::string reason = sent.error().message;
  if (IsStoreAt(store.uri(), database) && IsOfTheRecord(sent.error())) {
    Result<Published> kept = Keep(record, store, /*is_spooled=*/false, "", "");
    if (kept.has_value()) return PublishedOrSpooled{*std::move(kept), reason, database, false};
  }
  Result<SpooledIn> spooled = SpoolLocally(record, database, store.uri(), reason);
  if (!spooled.has_value()) return Error{sent.error().code, std::move(spooled).error().message};
  return PublishedOrSpooled{std::move(spooled->published), reason, std::move(spooled->database), true};
}

Result<std::vector<Run>> SpooledRuns(TrackingStore& local) {
  VALENCE_TRY(const std::vector<Experiment> experiments, local.ListExperiments());
  RunQuery query;
  for (const Experiment& experiment : experiments) query.experiment_ids.push_back(experiment.experiment_id);
  query.filter = fmt::format("tags.`{}` = '{}'", kSpoolState, kPending);
  query.order_by = {"attributes.start_time ASC"};
  query.limit = 100'000;
  return local.SearchRuns(query);
}

Result<Published> Sync(const Run& spooled, TrackingStore& local, TrackingStore& store) {
  VALENCE_TRY(const RunRecord record, internal::RecordOf(spooled, local));
  VALENCE_TRY(Published published, Publish(record, store));
  const std::vector<Tag> tags{MakeTag(kSpoolState, internal::kSent), MakeTag(internal::kSpoolServer, store.uri()),
                              MakeTag(internal::kSpoolSentRunId, published.run_id),
                              MakeTag(internal::kSpoolSentModelUri, published.model_uri)};
  VALENCE_RETURN_IF_ERROR(local.LogBatch(spooled.run_id, {}, {}, tags));
  return published;
}

}  // namespace valence::tracking
