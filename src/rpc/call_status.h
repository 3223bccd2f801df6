// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <optional>
#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::rpc {

/// The one table from HTTP's statuses to gRPC's.
grpc::StatusCode CodeOf(int http_status);

/// The text of an error answer, `{"error":"..."}`; nullopt of any other.
std::optional<std::string> ErrorText(const net::HttpResponse& response);

/// Sends the header fields of `response` as trailing metadata. For "Retry-After" there is also grpc-retry-pushback-ms,
/// which gRPC's own retries heed (gRFC A6).
void SendFields(const net::HttpResponse& response, grpc::ServerContext* context);

}  // namespace valence::rpc
