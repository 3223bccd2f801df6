// SPDX-License-Identifier: Apache-2.0
#include "call_request.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <utility>

namespace valence::rpc {
namespace {

/// HTTP's names, and those of the metadata that says the same. Compression and content types are gRPC's own affair.
constexpr std::array<std::pair<std::string_view, const char*>, 5> kFields = {{{"Authorization", "authorization"},
                                                                              {"X-Api-Key", "x-api-key"},
                                                                              {"X-Request-Id", "x-request-id"},
                                                                              {"traceparent", "traceparent"},
                                                                              {"X-Amzn-Trace-Id", "x-amzn-trace-id"}}};

std::string_view FindMetadata(const grpc::ServerContext& context, std::string_view name) {
  const auto is = [name](const auto& field) {
    return field.first.size() == name.size() && ::strncasecmp(field.first.data(), name.data(), name.size()) == 0;
  };
  const auto* const field = std::find_if(kFields.begin(), kFields.end(), is);
  if (field == kFields.end()) return {};
  const auto found = context.client_metadata().find(field->second);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

}  // namespace

std::string AddressOf(std::string_view peer) {
  const std::size_t port = peer.rfind(':');
  if (peer.starts_with("ipv4:") && port > 4) return std::string(peer.substr(5, port - 5));
  if (!peer.starts_with("ipv6:") || port <= 4) return {};
  std::string_view address = peer.substr(5, port - 5);
  for (const std::string_view open : {"%5B", "["}) {
    if (address.starts_with(open)) address.remove_prefix(open.size());
  }
  for (const std::string_view close : {"%5D", "]"}) {
    if (address.ends_with(close)) address.remove_suffix(close.size());
  }
  return std::string(address);
}

CallRequest::CallRequest(const grpc::ServerContext& context, std::string_view path, std::string_view body, bool secure)
    : peer_(AddressOf(context.peer())) {
  http_.method = "POST";
  http_.path = path;
  http_.body = body;
  http_.peer = peer_;
  http_.secure = secure;
  http_.header = [&context](std::string_view name) { return FindMetadata(context, name); };
}

}  // namespace valence::rpc
