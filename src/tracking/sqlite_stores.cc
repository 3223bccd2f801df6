// SPDX-License-Identifier: Apache-2.0
#include "sqlite_registry_store.h"
#include "sqlite_tracking_store.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

Result<Stores> OpenSqlite(const std::filesystem::path& database, const SqliteOptions& options) {
  VALENCE_TRY(const std::shared_ptr<SqliteFile> file, SqliteFile::Open(database, options));
  return Stores{std::make_shared<SqliteTrackingStore>(file), std::make_shared<SqliteRegistryStore>(file)};
}

}  // namespace valence::tracking
