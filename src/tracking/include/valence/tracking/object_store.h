// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

namespace valence::tracking {

/// Files in an object store that the client reaches by itself, for artifact roots such as s3://bucket/prefix.
/// Not thread-safe. Errors: kNotFound, kFailedPrecondition (credentials, permission), kUnavailable, kDataCorrupt.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// Streams `file` to `uri`; the other side checks its SHA-256. Repeating it changes nothing.
  virtual Status Upload(const std::string& uri, const std::filesystem::path& file) = 0;
  /// What lies directly below `uri`, with paths relative to it.
  virtual Result<std::vector<ArtifactEntry>> List(const std::string& uri) = 0;
  /// Writes atomically.
  virtual Status Download(const std::string& uri, const std::filesystem::path& file) = 0;
};

}  // namespace valence::tracking
