// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../router.h"

namespace valence::serving {

/// KServe v1 and TensorFlow Serving: POST /v1/models/{model}[/versions/{version}]:predict, :classify, :explain. The
/// GET routes are the own API's (v1.h).
void AddKServeV1Routes(Router* router);

}  // namespace valence::serving
