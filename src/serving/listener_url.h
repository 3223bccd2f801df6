// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "valence/net/http_server.h"

namespace valence::serving {

/// Where a listener on `port` is reached, for logs: "http://127.0.0.1:5000", "https://[::1]:5000".
std::string ListenerUrl(const net::ServerOptions& http, std::uint16_t port);

}  // namespace valence::serving
