// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlite_database.h"
#include "sqlite_schema.h"
#include "valence/base/result.h"
#include "valence/tracking/registry_store.h"

/// Model versions as rows. To be called inside a transaction of SqliteFile, with values that are checked.
namespace valence::tracking {

/// Error: kNotFound if it is not a positive whole number: there is no such version.
Result<std::int64_t> ParseVersion(const std::string& name, const std::string& version);

/// With aliases and tags. Error: kNotFound.
Result<ModelVersion> ReadVersion(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                 std::int64_t version);
/// Newest first.
Result<std::vector<ModelVersion>> ReadVersions(SqliteDatabase& database, const SqliteSchema& schema,
                                               const std::string& name);
/// The version of the model whose tag kClientRequestId is `request_id`; 0 if there is none.
Result<std::int64_t> FindVersionByRequest(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                          std::string_view request_id);

/// The next version of a registered model that exists; gives its number. Also notes it on its logged model.
Result<std::int64_t> InsertVersion(SqliteDatabase& database, const SqliteSchema& schema,
                                   const NewModelVersion& version);
Status UpsertVersionTag(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                        std::int64_t version, const Tag& tag);
Status UpdateStage(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name, std::int64_t version,
                   const std::string& stage, bool archive_existing);

/// Where a source's files are: of models:/m-<id> and models:/<name>/<version> the place they stand
/// for, else the source itself.
Result<std::string> ResolveSource(SqliteDatabase& database, const SqliteSchema& schema, const std::string& source);
/// The storage_location of a version; that of a runs:/ source is below the run's artifacts. Error: kNotFound.
Result<std::string> ReadDownloadUri(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                    std::int64_t version);

}  // namespace valence::tracking
