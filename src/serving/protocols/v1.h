// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../router.h"

namespace valence::serving {

/// The own API: POST /predict and /v1/predict, GET /v1/models and below. GET /v1/models/{model} holds what KServe v1's
/// and TensorFlow Serving's clients look for, too.
void AddV1Routes(Router* router);

}  // namespace valence::serving
