// SPDX-License-Identifier: Apache-2.0
#include "http_url.h"

#include <fmt/format.h>

#include <algorithm>

namespace valence::net::internal {

std::string SchemeOf(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return "";
  std::string scheme(url.substr(0, end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return scheme;
}

std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return "";
  url.remove_prefix(scheme_end + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t at = url.rfind('@');
  return at == std::string_view::npos ? url : url.substr(at + 1);
}

std::string PublicUrl(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  const std::size_t path = std::min(url.find('/', scheme_end + 3), url.size());
  return fmt::format("{}{}{}", url.substr(0, scheme_end + 3), AuthorityOf(url), url.substr(path));
}

Status CheckRedirect(std::string_view from, std::string_view to) {
  const std::string scheme = SchemeOf(to);
  if (scheme != "http" && scheme != "https") {
    return Unavailable(fmt::format("{} redirects to '{}', which is not http or https", PublicUrl(from), PublicUrl(to)));
  }
  if (SchemeOf(from) == "https" && scheme == "http") {
    return Unavailable(
        fmt::format("{} redirects to {}: refused, https must not become http", PublicUrl(from), PublicUrl(to)));
  }
  return Ok();
}

}  // namespace valence::net::internal
