// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "valence/base/result.h"
#include "valence/tracking/object_store.h"
#include "valence/tracking/stores.h"

namespace valence::tracking::internal {

/// s3:// artifact roots through net::S3Client. MLFLOW_S3_ENDPOINT_URL and MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE come
/// before AWS's own variables, MLFLOW_S3_IGNORE_TLS=true switches the certificate check off,
/// MLFLOW_S3_EXPECTED_BUCKET_OWNER goes with every request, and MLFLOW_S3_UPLOAD_EXTRA_ARGS with every upload. Error:
/// kInvalidArgument for a value that cannot be used.
Result<std::shared_ptr<ObjectStore>> OpenS3Objects(const Environment& environment);

}  // namespace valence::tracking::internal
