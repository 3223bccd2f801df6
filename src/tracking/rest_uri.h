// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::tracking::internal {

/// An http(s) address of a server, in parts.
struct ServerUri {
  std::string scheme;     ///< "http" or "https"
  std::string authority;  ///< host, with ":port" if given; no user
  std::string path;       ///< prefix without a slash at its end; "" or "/..."
  std::string username, password;

  /// scheme://authority/path: what may be shown, and what requests begin with.
  std::string Base() const { return scheme + "://" + authority + path; }
  /// The authority without its port.
  std::string host() const;
};

/// Error: kInvalidArgument unless http(s)://host... without query or fragment.
Result<ServerUri> ParseServerUri(std::string_view uri);

/// "s3" of "s3://bucket/key", in lower case; "" for a path.
std::string SchemeOf(std::string_view uri);

/// `root/path` with one slash between; `root` if `path` is empty.
std::string JoinUri(std::string_view root, std::string_view path);

}  // namespace valence::tracking::internal
