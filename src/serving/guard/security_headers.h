// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/net/http_server.h"

namespace valence::serving {

/// Adds what every answer should carry and its handler did not say otherwise: no sniffing of types, no framing, no
/// caching (OWASP REST Security Cheat Sheet).
void AppendSecurityHeaders(net::HttpResponse* response);

}  // namespace valence::serving
