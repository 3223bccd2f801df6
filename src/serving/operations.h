// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "router.h"

namespace valence::serving {

/// /livez, /readyz, /metrics, /version, /openapi.json.
void AddOperationsRoutes(Router* router);

/// Answers in plain text.
void WritePlainText(int status, std::string_view text, net::HttpResponse* response);

}  // namespace valence::serving
