// SPDX-License-Identifier: Apache-2.0
#include "http_error.h"

#include "valence/base/json.h"

namespace valence::serving {

std::string_view ErrorWord(int status) {
  switch (status) {
    case 401:
      return "unauthenticated";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 408:
      return "deadline_exceeded";
    case 409:
      return "conflict";
    case 413:
    case 414:
    case 431:
      return "resource_exhausted";
    case 415:
      return "unsupported_media_type";
    case 422:
      return "unprocessable";
    case 429:
      return "rate_limited";
    case 500:
      return "internal";
    case 501:
      return "unimplemented";
    case 503:
      return "unavailable";
    default:
      return "invalid_argument";
  }
}

void WriteError(const HttpError& error, net::HttpResponse* response) {
  response->status = error.status;
  response->content_type = "application/json";
  std::string& body = response->body;
  body.assign(R"({"error":{"code":")").append(ErrorWord(error.status)).append(R"(","message":)");
  AppendJsonString(error.message, &body);
  if (!error.field.empty()) {
    body.append(R"(,"field":)");
    AppendJsonString(error.field, &body);
  }
  if (error.byte.has_value()) {
    const std::string offset = std::to_string(*error.byte);
    body.append(R"(,"offset":)").append(offset).append(R"(,"byte":)").append(offset);
  }
  body.append("}}\n");
}

}  // namespace valence::serving
