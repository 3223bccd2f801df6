// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::net {

/// The Date header's value (RFC 9110 5.6.7), formatted once a second. One thread only.
class DateCache {
 public:
  std::string_view Now();

 private:
  std::time_t second_ = 0;
  std::string text_;
};

enum class Persistence { kClose, kKeepAlive, kKeepAliveHttp10 };
/// How the client sees where the body ends.
enum class Framing { kLength, kChunked, kUntilClose };

/// "OK" for 200 and so on; "Unknown" for what is not in the table.
std::string_view ReasonPhrase(int status);

/// Writes status line and headers for `response` into `head`, replacing what was there.
void FormatHead(const HttpResponse& response, Persistence persistence, std::string_view date, std::string* head,
                Framing framing = Framing::kLength);
/// Appends what stands before a chunk of `size` bytes.
void AppendChunkHead(std::size_t size, std::string* out);

}  // namespace valence::net
