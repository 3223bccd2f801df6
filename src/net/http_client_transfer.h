// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "valence/base/result.h"

/// One HTTP GET without redirects: the only place that knows libcurl.
namespace valence::net::internal {

/// What to ask for.
struct GetRequest {
  std::string url;
  std::uint64_t offset = 0;  ///< > 0 sends Range and If-Range
  std::string validator;     ///< ETag or Last-Modified that `offset` bytes belong to
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds stall_timeout{30};
};

/// The head of an answer; "" and 0 for headers that are absent.
struct GetResponse {
  long status = 0;
  std::string redirect;  ///< absolute target of a 3xx
  std::string etag;
  std::string last_modified;
  std::string content_range;
  std::uint64_t content_length = 0;
  std::chrono::seconds retry_after{0};
};

/// Receives the body of a 200 or 206; other bodies are dropped. Called with the head before each piece. An error ends
/// the transfer and becomes its result.
using BodySink = std::function<Status(const GetResponse& head, std::string_view bytes)>;

/// Performs the request. On success `*response` is set and the sink has all of the body. Errors: kUnavailable with what
/// libcurl says; `*retriable` tells whether asking again can help.
Status Get(const GetRequest& request, const BodySink& sink, GetResponse* response, bool* retriable);

/// "https" of an URL, in lower case; "" without "://".
std::string SchemeOf(std::string_view url);

/// The URL without user, password, query and fragment: what may appear in messages.
std::string PublicUrl(std::string_view url);

/// Whether a redirect may be followed: http or https only, and never from https to http. Error: kUnavailable.
Status CheckRedirect(std::string_view from, std::string_view to);

}  // namespace valence::net::internal
