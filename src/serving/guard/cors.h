// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/net/http_server.h"

namespace valence::serving {

/// Which pages of other origins may call this one (https://fetch.spec.whatwg.org/#http-cors-protocol). Nobody's, unless
/// listed. Credentials of browsers (cookies) are never allowed. Thread-safe.
class Cors {
 public:
  /// `origins`: "https://app.example.com", or "*" for every one. Errors: kInvalidArgument for what is no origin.
  static Result<Cors> Make(std::vector<std::string> origins);

  /// Whether a request is a browser's question if it may ask; then `response` is the answer.
  bool AnswerPreflight(const net::HttpRequest& request, net::HttpResponse* response) const;
  /// Tells a browser that the page may read this answer, if so.
  void AppendHeaders(const net::HttpRequest& request, std::string* headers) const;

 private:
  explicit Cors(std::vector<std::string> origins);
  bool Allows(std::string_view origin) const;
  void AppendOrigin(std::string_view origin, std::string* headers) const;

  std::vector<std::string> origins_;
  bool everyone_ = false;
};

}  // namespace valence::serving
