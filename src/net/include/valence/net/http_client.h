// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "valence/base/result.h"

namespace valence::net {

/// When a request is sent again: after a connection that failed, and after the statuses 408, 429, 500, 502, 503, 504.
struct RetryPolicy {
  int attempts = 5;                                 ///< 1 never repeats
  std::chrono::milliseconds first_pause{500};       ///< doubled each time
  std::chrono::milliseconds longest_pause{20'000};  ///< also bounds what Retry-After may ask for
  double jitter = 0.5;                              ///< each pause is multiplied by a random 1 - jitter ... 1 + jitter
  bool respect_retry_after = true;
  std::chrono::milliseconds deadline{120'000};  ///< of a call with all its attempts and pauses
};

/// Probes of an idle connection, so that one that a firewall forgot, or whose server is gone, is known to be dead.
/// MLflow's defaults.
struct TcpKeepalive {
  bool enabled = true;
  std::chrono::seconds idle{30};      ///< before the first probe
  std::chrono::seconds interval{10};  ///< between probes
  int count = 3;                      ///< unanswered ones that end the connection
};

struct HttpClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds attempt_timeout{
      120'000};                            ///< of one attempt, its body included; 0 leaves it to stall_timeout
  std::chrono::seconds stall_timeout{30};  ///< an attempt below 1 KB/s for so long ends
  TcpKeepalive keepalive;
  RetryPolicy retry;
  bool follow_redirects =
      true;             ///< at most 5, GET and HEAD only, never from https to http; drops Authorization on another host
  std::string ca_file;  ///< PEM bundle; "" is the system's
  std::string client_certificate;  ///< PEM file with certificate and key; "" sends none
  bool verify_tls = true;
  bool use_proxy = true;   ///< false ignores the proxy variables: for addresses of this machine and its host
  std::string user_agent;  ///< "" is "valence/<version>"
  std::uint64_t max_reply_bytes = std::uint64_t{64} << 20;  ///< of a body kept in memory
};

struct HttpHeader {
  std::string name, value;
};

struct HttpCall {
  std::string method = "GET";
  std::string url = {};
  std::vector<HttpHeader> headers = {};
  std::string body = {};                    ///< sent with Content-Length when `upload` is empty
  std::filesystem::path upload = {};        ///< a file streamed as the body, in place of `body`
  std::uint64_t upload_offset = 0;          ///< first byte of the file to send
  std::uint64_t upload_bytes = UINT64_MAX;  ///< how many; the default is up to its end
  /// Whether it may be repeated though the server may already have acted on it. A call that is not repeatable is sent
  /// again only when the server cannot have seen it (the connection was refused) or said so itself (429, 503 with
  /// Retry-After).
  bool repeatable = true;
};

struct HttpReply {
  int status = 0;
  std::vector<HttpHeader> headers;  ///< of the last hop, in the order received
  std::string body;                 ///< "" when a sink took it
  int attempts = 1;

  /// The first header of that name (compared without case), or "".
  std::string_view Header(std::string_view name) const;
  bool ok() const { return status >= 200 && status < 300; }
};

/// Takes the body of a 2xx answer piece by piece; other bodies still go to HttpReply::body. An error ends the call and
/// becomes its result. `restart` is true for the first piece of each attempt: forget what came before. Called at least
/// once for a 2xx answer, with "" if its body is empty.
using HttpBodySink = std::function<Status(std::string_view bytes, bool restart)>;
/// Called before every attempt with the call as it will be sent; may set headers (a signature holds the time, so it is
/// made anew for each attempt).
using HttpPrepare = std::function<Status(HttpCall* call)>;

/// HTTP(S) over libcurl with kept-alive connections, time limits and bounded retries with exponential backoff and
/// jitter. Proxies come from the usual environment variables. Not thread-safe: one per thread.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// An answer of any status is a value: after the last attempt, the last answer. Errors: kUnavailable (no answer: what
  /// failed, at which host, after how many attempts), kDeadlineExceeded, kInvalidArgument (not http/https, a header
  /// with a line break), kResourceExhausted (a body over max_reply_bytes), kNotFound (`upload` cannot be read), or the
  /// sink's. Messages never show an URL's user, password or query, nor a header's value.
  Result<HttpReply> Send(const HttpCall& call, const HttpBodySink& sink = {}, const HttpPrepare& prepare = {});

  const HttpClientOptions& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `text` with everything but RFC 3986's unreserved characters percent-encoded; `keep_slashes` leaves '/' alone.
std::string PercentEncode(std::string_view text, bool keep_slashes = false);

/// What a '+' means: itself in an URL's path, a space in a form.
enum class PlusSign { kItself, kSpace };

/// The way back: `text` with each %XX replaced by its byte. What is no escape stays as it is.
std::string PercentDecode(std::string_view text, PlusSign plus = PlusSign::kItself);

}  // namespace valence::net
