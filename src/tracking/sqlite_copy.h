// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sqlite_database.h"
#include "valence/base/result.h"

namespace valence::tracking {

/// Makes `copy` a whole copy of the database as it is now, durably and all at once, unless there is a file of that name
/// already: the first copy, from before our first write, is the one to keep.
Status CopyOnce(SqliteDatabase& database, const std::filesystem::path& copy);

}  // namespace valence::tracking
