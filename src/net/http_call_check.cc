// SPDX-License-Identifier: Apache-2.0
#include "http_call_check.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <string_view>

#include "http_url.h"

namespace valence::net::internal {
namespace {

/// RFC 9110 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

bool StaysBehind(const HttpHeader& header) {
  return ::strcasecmp(header.name.c_str(), "Authorization") == 0 || ::strcasecmp(header.name.c_str(), "Cookie") == 0;
}

}  // namespace

Status CheckCall(const HttpCall& call) {
  const std::string scheme = SchemeOf(call.url);
  if (scheme != "http" && scheme != "https") {
    return InvalidArgument(fmt::format("'{}' is not an http:// or https:// URL", PublicUrl(call.url)));
  }
  if (HasControl(call.url) || call.url.find_first_of(" \t") != std::string::npos) {
    return InvalidArgument(fmt::format("an URL of host '{}' has a space or control character", AuthorityOf(call.url)));
  }
  if (!IsToken(call.method)) return InvalidArgument("an HTTP method must be a word");
  for (const HttpHeader& header : call.headers) {
    if (!IsToken(header.name)) return InvalidArgument("an HTTP header's name must be a word");
    if (HasControl(header.value)) {
      return InvalidArgument(fmt::format("the HTTP header '{}' has a line break or control character", header.name));
    }
  }
  return Ok();
}

void TurnTo(const std::string& target, TransferRequest* request) {
  if (SchemeOf(request->url) != SchemeOf(target) || AuthorityOf(request->url) != AuthorityOf(target)) {
    auto& headers = request->headers;
    headers.erase(std::remove_if(headers.begin(), headers.end(), &StaysBehind), headers.end());
  }
  request->url = target;
}

}  // namespace valence::net::internal
