// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "valence/base/result.h"

struct sqlite3;

namespace valence::tracking {

/// What an (extended) return code of SQLite on the database at `path` means for a person. `handle` may be null; it adds
/// SQLite's own words and the system's error.
Error SqliteError(const std::filesystem::path& path, int code, sqlite3* handle);

}  // namespace valence::tracking
