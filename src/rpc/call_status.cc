// SPDX-License-Identifier: Apache-2.0
#include "call_status.h"

#include <algorithm>

#include "valence/base/json.h"

namespace valence::rpc {

grpc::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 200:
      return grpc::StatusCode::OK;
    case 400:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case 401:
      return grpc::StatusCode::UNAUTHENTICATED;
    case 404:
      return grpc::StatusCode::NOT_FOUND;
    case 408:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case 413:
    case 429:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case 501:
      return grpc::StatusCode::UNIMPLEMENTED;
    case 503:
      return grpc::StatusCode::UNAVAILABLE;
    default:
      return grpc::StatusCode::INTERNAL;
  }
}

std::optional<std::string> ErrorText(const net::HttpResponse& response) {
  const auto answer = Json::Parse(response.body);
  if (!answer.has_value() || !answer->is_object()) return std::nullopt;
  const Json* const error = answer->Find("error");
  if (error == nullptr || !error->is_string()) return std::nullopt;
  return error->string();
}

void SendFields(const net::HttpResponse& response, grpc::ServerContext* context) {
  std::string_view rest = response.extra_headers;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::string value(line.substr(colon + 2));
    context->AddTrailingMetadata(name, value);
    if (name == "retry-after") context->AddTrailingMetadata("grpc-retry-pushback-ms", value + "000");
  }
}

}  // namespace valence::rpc
