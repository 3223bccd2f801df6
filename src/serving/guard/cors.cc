// SPDX-License-Identifier: Apache-2.0
#include "cors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace valence::serving {
namespace {

/// scheme "://" host [":" port], as browsers send it: lower case, no path.
bool IsOrigin(std::string_view text) {
  const std::size_t host = text.find("://");
  if (host == std::string_view::npos || (text.substr(0, host) != "http" && text.substr(0, host) != "https"))
    return false;
  const std::string_view authority = text.substr(host + 3);
  return !authority.empty() && std::all_of(authority.begin(), authority.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

}  // namespace

Cors::Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {
  everyone_ = std::find(origins_.begin(), origins_.end(), "*") != origins_.end();
}

Result<Cors> Cors::Make(std::vector<std::string> origins) {
  for (const std::string& origin : origins) {
    if (origin == "*" || IsOrigin(origin)) continue;
    return InvalidArgument(fmt::format("CORS origin '{}': expected https://host[:port] in lower case, or *", origin));
  }
  return Cors(std::move(origins));
}

bool Cors::Allows(std::string_view origin) const {
  return !origin.empty() && (everyone_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end());
}

void Cors::AppendOrigin(std::string_view origin, std::string* headers) const {
  headers->append("Access-Control-Allow-Origin: ").append(everyone_ ? "*" : origin).append("\r\n");
}

bool Cors::AnswerPreflight(const net::HttpRequest& request, net::HttpResponse* response) const {
  if (request.method != "OPTIONS" || request.header("Access-Control-Request-Method").empty()) return false;
  const std::string_view origin = request.header("Origin");
  if (!Allows(origin)) return false;
  response->status = 204;
  AppendOrigin(origin, &response->extra_headers);
  response->extra_headers.append(
      "Access-Control-Allow-Methods: GET, HEAD, POST\r\n"
      "Access-Control-Allow-Headers: Accept, Authorization, Content-Encoding, Content-Type, "
      "Inference-Header-Content-Length, X-Api-Key, X-Request-Id, traceparent\r\n"
      "Access-Control-Max-Age: 600\r\n"
      "Vary: Origin\r\n");
  return true;
}

void Cors::AppendHeaders(const net::HttpRequest& request, std::string* headers) const {
  if (origins_.empty()) return;
  if (!everyone_) headers->append("Vary: Origin\r\n");  // a cache must not give one origin's answer to another
  const std::string_view origin = request.header("Origin");
  if (!Allows(origin)) return;
  AppendOrigin(origin, headers);
  headers->append(
      "Access-Control-Expose-Headers: Inference-Header-Content-Length, RateLimit-Limit, RateLimit-Remaining, "
      "RateLimit-Reset, Retry-After, Valence-Model-Version, X-Request-Id, traceparent\r\n");
}

}  // namespace valence::serving
