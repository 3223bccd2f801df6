// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "http_transfer.h"
#include "valence/base/result.h"
#include "valence/net/http_client.h"

namespace valence::net::internal {

/// Whether a call can be put on the wire as one request: http or https, an URL without spaces and control characters,
/// a token as method and as each header's name, no line break or NUL in a header's value. Error: kInvalidArgument,
/// which names a header but never shows its value.
Status CheckCall(const HttpCall& call);

/// Aims the request at a redirect's target: on another scheme, host or port, Authorization and Cookie stay behind.
void TurnTo(const std::string& target, TransferRequest* request);

}  // namespace valence::net::internal
