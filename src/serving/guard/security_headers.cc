// SPDX-License-Identifier: Apache-2.0
#include "security_headers.h"

namespace valence::serving {
namespace {

constexpr std::string_view kNoSniff = "X-Content-Type-Options: nosniff\r\n";
constexpr std::string_view kNoFrame = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";

}  // namespace

void AppendSecurityHeaders(net::HttpResponse* response) {
  std::string& headers = response->extra_headers;
  const auto says = [&headers](std::string_view name) { return headers.find(name) != std::string::npos; };
  if (!says("X-Content-Type-Options:")) headers.append(kNoSniff);
  if (!says("Content-Security-Policy:")) headers.append(kNoFrame);
  if (!says("Cache-Control:")) headers.append(kNoStore);
}

}  // namespace valence::serving
