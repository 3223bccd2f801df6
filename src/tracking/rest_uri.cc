// SPDX-License-Identifier: Apache-2.0
#include "rest_uri.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "valence/net/http_client.h"

namespace valence::tracking::internal {

std::string SchemeOf(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || uri.substr(0, colon).find('/') != std::string_view::npos) return "";
  std::string scheme(uri.substr(0, colon));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return scheme;
}

std::string JoinUri(std::string_view root, std::string_view path) {
  while (!root.empty() && root.back() == '/') root.remove_suffix(1);
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return path.empty() ? std::string(root) : fmt::format("{}/{}", root, path);
}

std::string ServerUri::host() const {
  if (!authority.empty() && authority.front() == '[') return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

Result<ServerUri> ParseServerUri(std::string_view uri) {
  ServerUri parts;
  parts.scheme = SchemeOf(uri);
  if ((parts.scheme != "http" && parts.scheme != "https") || uri.substr(parts.scheme.size(), 3) != "://") {
    return InvalidArgument("a tracking server's address begins with http:// or https://");
  }
  uri.remove_prefix(parts.scheme.size() + 3);
  const std::size_t slash = std::min(uri.find_first_of("/?#"), uri.size());
  std::string_view authority = uri.substr(0, slash);
  parts.path = JoinUri(uri.substr(slash), "");
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    const std::size_t colon = std::min(user.find(':'), user.size());
    parts.username = net::PercentDecode(user.substr(0, colon));
    parts.password = net::PercentDecode(user.substr(std::min(colon + 1, user.size())));
    authority.remove_prefix(at + 1);
  }
  parts.authority = authority;
  if (parts.host().empty()) return InvalidArgument("the tracking server's address has no host");
  if (parts.path.find_first_of("?#") != std::string::npos) {
    return InvalidArgument(fmt::format("the tracking server's address {}://{} must not have a query or a fragment",
                                       parts.scheme, parts.authority));
  }
  return parts;
}

}  // namespace valence::tracking::internal
