// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"
#include "valence/net/http_client.h"

namespace valence::tracking::internal {

/// What an answer other than 2xx means, in words that say what to do. `what` is the call for people, such as
/// "POST runs/create at https://host/path"; `host` is the one it went to. The body may be anything: MLflow's JSON, an
/// HTML page of a proxy, plain text of the security middleware, DagsHub's {"error"}.
Error ExplainReply(const net::HttpReply& reply, std::string_view what, std::string_view host);

/// The start of a body, on one line and printable, for messages.
std::string Snippet(std::string_view body);

/// Whether a create that ended so may have happened all the same.
bool IsAmbiguous(const Error& error);

}  // namespace valence::tracking::internal
