// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source_fetch.h"

namespace valence::data::internal {

/// Brings an object, or the data files below a prefix, from s3://bucket/key into config.cache_dir, unless this very
/// version (by ETag) lies there. Credentials and endpoint: as the environment says (net/aws_environment.h). Errors:
/// those of net::S3Client, and as FetchSource.
Result<LocalSource> FetchS3(const IngestConfig& config, Progress* progress);

}  // namespace valence::data::internal
