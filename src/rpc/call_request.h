// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_context.h>

#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::rpc {

/// A call in HTTP's words, for whoever stands before the service: the metadata that means there what it means here. It
/// views `context`, which must outlive it.
class CallRequest {
 public:
  CallRequest(const grpc::ServerContext& context, std::string_view path, std::string_view body, bool secure);
  CallRequest(const CallRequest&) = delete;
  CallRequest& operator=(const CallRequest&) = delete;

  net::HttpRequest& http() { return http_; }

 private:
  const std::string peer_;
  net::HttpRequest http_;
};

/// The address in gRPC's "ipv4:192.0.2.1:50000" or "ipv6:%5B2001:db8::1%5D:50000"; "" of anything else.
std::string AddressOf(std::string_view peer);

}  // namespace valence::rpc
