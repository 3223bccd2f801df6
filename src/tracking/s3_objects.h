// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "valence/base/result.h"
#include "valence/tracking/object_store.h"
#include "valence/tracking/stores.h"

namespace valence::tracking::internal {

/// s3:// artifact roots through net::S3Client. MLFLOW_S3_ENDPOINT_URL comes before AWS's own variables, and
/// MLFLOW_S3_IGNORE_TLS=true switches the certificate check off.
Result<std::shared_ptr<ObjectStore>> OpenS3Objects(const Environment& environment);

}  // namespace valence::tracking::internal
