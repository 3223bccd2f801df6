// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "valence/base/result.h"
#include "valence/net/http_server.h"

namespace valence::rpc {

/// Plain TCP, or TLS with the files of HTTP's server, which are read again when they change. Errors: as ReadFile.
Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const net::TlsFiles& files);

}  // namespace valence::rpc
