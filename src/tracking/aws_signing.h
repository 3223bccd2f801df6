// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/base/environment.h"
#include "valence/base/result.h"
#include "valence/net/http_client.h"

namespace valence::tracking::internal {

/// Signs requests to a tracking server behind AWS's API Gateway, as MLflow does with MLFLOW_TRACKING_AWS_SIGV4: with
/// AWS Signature Version 4 for the service "execute-api", the credentials of AWS's standard chain (looked for at the
/// first request, temporary ones renewed) and the region of AWS_REGION, AWS_DEFAULT_REGION or the profile. Error:
/// kInvalidArgument if none of these names a region, or as net::LoadAwsSettings.
Result<net::HttpPrepare> MakeAwsSigner(const Environment& environment);

}  // namespace valence::tracking::internal
