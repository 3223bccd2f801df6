// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include "../router.h"

namespace valence::serving {

/// GET /ping and /health, POST /invocations: what MLflow's scoring server and SageMaker's containers share. A body goes
/// to the protocol that it is of:
///   JSON with "configuration", or JSON Lines   BlazingText's text classifier
///   JSON with "parameters"                     Hugging Face's containers
///   application/vnd.sagemaker-triton.binary+json;json-header-size=N   Open Inference Protocol
///   other JSON, CSV                            MLflow
/// X-Amzn-SageMaker-* headers are accepted and ignored.
void AddInvocationsRoutes(Router* router);

}  // namespace valence::serving
