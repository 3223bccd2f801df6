// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

/// A source that is on this machine.
struct LocalSource {
  std::filesystem::path path;
  std::string sha256;  ///< of the file; "" for a folder
};

/// The npm package whose fixtures are the sample: sentiment@5.0.2.
inline constexpr std::string_view kSamplePackage = "sentiment@5.0.2";

/// The last component of an URL's path, harmless as a file name.
std::string HarmlessBaseName(std::string_view url);

/// Brings `imdb`, URLs (also s3://) and `sample` into config.cache_dir, unless they lie there with the right digest,
/// and finds files and folders. Checks config.sha256. Errors: kNotFound, kUnavailable, kDataCorrupt (digest),
/// kInvalidArgument.
Result<LocalSource> FetchSource(const IngestConfig& config, Progress* progress);

/// Fetches the sample with the npm client, so that the user's registry configuration applies.
Result<LocalSource> FetchSample(const std::filesystem::path& cache_dir, Progress* progress);

}  // namespace valence::data::internal
