// SPDX-License-Identifier: Apache-2.0
#include "rest_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "rest_json.h"
#include "valence/base/json.h"
#include "valence/base/utf8.h"

namespace valence::tracking::internal {
namespace {

constexpr std::size_t kSnippetBytes = 160;

/// What the server says: MLflow's error_code and message, or DagsHub's error, AWS's Message, or the body itself.
struct ServerWords {
  std::string code;
  std::string message;
};

ServerWords WordsOf(const std::string& body) {
  const Result<Json> json = Json::Parse(body);
  if (!json.has_value() || !json->is_object()) return {"", Snippet(body)};
  std::string message = TextOf(*json, "message");
  if (message.empty()) message = TextOf(*json, "error");
  if (message.empty()) message = TextOf(*json, "Message");  // AWS's API Gateway
  return {TextOf(*json, "error_code"), message.empty() ? Snippet(body) : Snippet(message)};
}

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// An absent alias is a 400 in MLflow, not a 404; a param's other value is a conflict.
ErrorCode CodeOfBadRequest(const ServerWords& words) {
  if (words.code == "RESOURCE_ALREADY_EXISTS") return ErrorCode::kConflict;
  if (words.code == "RESOURCE_DOES_NOT_EXIST") return ErrorCode::kNotFound;
  if (Contains(words.message, "alias") && Contains(words.message, "not found")) return ErrorCode::kNotFound;
  if (Contains(words.message, "Changing param values is not allowed")) return ErrorCode::kConflict;
  return ErrorCode::kInvalidArgument;
}

Error Unauthorized(std::string_view what, const ServerWords& words) {
  return FailedPrecondition(
      fmt::format("{}: the server refused the credentials (HTTP 401: {}); set MLFLOW_TRACKING_USERNAME and "
                  "MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, or write them into ~/.mlflow/credentials",
                  what, words.message));
}

Error Forbidden(std::string_view what, std::string_view host, const ServerWords& words) {
  if (Contains(words.message, "Invalid Host header")) {
    return FailedPrecondition(fmt::format(
        "{}: this MLflow server does not answer to the name '{}' (HTTP 403, its guard against DNS rebinding); start it "
        "with --allowed-hosts \"{},localhost:*\" or set MLFLOW_SERVER_ALLOWED_HOSTS there",
        what, host, host));
  }
  if (Contains(words.message, "Cross-origin request blocked")) {
    return FailedPrecondition(fmt::format(
        "{}: the server took this for a cross-origin request (HTTP 403); a proxy between adds an Origin header: remove "
        "it there, or start the server with --cors-allowed-origins",
        what));
  }
  if (Contains(words.message, "signature") || Contains(words.message, "Missing Authentication Token")) {
    return FailedPrecondition(
        fmt::format("{}: AWS refused the request's signature (HTTP 403: {}); check MLFLOW_TRACKING_AWS_SIGV4=true, the "
                    "AWS credentials, AWS_REGION and this machine's clock",
                    what, words.message));
  }
  return FailedPrecondition(
      fmt::format("{}: not permitted for this user (HTTP 403: {}); ask the server's administrator for the permission",
                  what, words.message));
}

Error Missing(std::string_view what, int status, const ServerWords& words) {
  if (words.code == "RESOURCE_DOES_NOT_EXIST") return NotFound(fmt::format("{}: {}", what, words.message));
  // Any other 404 means that there is no such route, never that the thing is absent (DagsHub, old servers, proxies).
  return Unimplemented(
      fmt::format("{}: the server has no such route (HTTP {}: {}); if this is not a feature that older servers lack, "
                  "the tracking URI names the wrong path",
                  what, status, words.message));
}

}  // namespace

std::string Snippet(std::string_view body) {
  std::string text = utf8::Repair(body.substr(0, 4 * kSnippetBytes));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  const auto is_repeated_space = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), is_repeated_space), text.end());
  if (text.size() <= kSnippetBytes) return text.empty() ? "no text" : text;
  return std::string(utf8::Truncate(text, kSnippetBytes)) + "...";
}

Error ExplainReply(const net::HttpReply& reply, std::string_view what, std::string_view host) {
  const ServerWords words = WordsOf(reply.body);
  switch (reply.status) {
    case 400:
    case 409:
    case 422: {
      const ErrorCode code = reply.status == 409 ? ErrorCode::kConflict : CodeOfBadRequest(words);
      return {code, fmt::format("{}: {}", what, words.message)};
    }
    case 401:
      return Unauthorized(what, words);
    case 403:
      return Forbidden(what, host, words);
    case 404:
    case 405:
    case 501:
      return Missing(what, reply.status, words);
    case 413:
      return ResourceExhausted(
          fmt::format("{}: too large for the server or a proxy before it (HTTP 413: {}); raise its limit of body sizes",
                      what, words.message));
    case 504:
      return DeadlineExceeded(fmt::format("{}: HTTP 504 after {} attempts: {}", what, reply.attempts, words.message));
    default:
      return Unavailable(
          fmt::format("{}: HTTP {} after {} attempts: {}", what, reply.status, reply.attempts, words.message));
  }
}

bool IsAmbiguous(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded;
}

}  // namespace valence::tracking::internal
