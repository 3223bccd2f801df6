// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::net::internal {

/// "https" of an URL, in lower case; "" without "://".
std::string SchemeOf(std::string_view url);

/// "host:port" of an URL as it is written there, without user and password; "" without "://".
std::string_view AuthorityOf(std::string_view url);

/// The URL without user, password, query and fragment: what may appear in messages.
std::string PublicUrl(std::string_view url);

/// Whether a redirect may be followed: http or https only, and never from https to http. Error: kUnavailable.
Status CheckRedirect(std::string_view from, std::string_view to);

}  // namespace valence::net::internal
