// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::serving {

/// A refusal as a client sees it.
struct HttpError {
  int status = 400;
  std::string message;                ///< what, where, expected, found; one sentence
  std::string field = {};             ///< member or form field concerned, or ""
  std::optional<std::size_t> byte{};  ///< offset into the request's body (with `field` of a form: into its value)
  std::string_view kind = {};  ///< the protocol's own word for this error where `status` does not tell; a literal
};

/// The word for `status` in an error's "code".
std::string_view ErrorWord(int status);
/// Makes `response` the JSON answer `{"error":{"code","message","field"?,"offset"?}}` of the own API. "byte" repeats
/// "offset": what the first release called it.
void WriteError(const HttpError& error, net::HttpResponse* response);

}  // namespace valence::serving
