// SPDX-License-Identifier: Apache-2.0
#include "listener_url.h"

#include <fmt/format.h>

#include <string_view>

namespace valence::serving {

std::string ListenerUrl(const net::ServerOptions& http, std::uint16_t port) {
  const std::string_view scheme = http.tls.certificate.empty() ? "http" : "https";
  const bool v6 = http.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", scheme, v6 ? "[" : "", http.host, v6 ? "]" : "", port);
}

}  // namespace valence::serving
