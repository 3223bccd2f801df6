// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::net {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                    ///< 0 picks a free one; see HttpServer::port()
  int threads = 0;                           ///< 0: every core
  std::size_t max_header_bytes = 16u << 10;  ///< 431 above
  std::size_t max_target_bytes = 8u << 10;   ///< 414 above
  std::size_t max_body_bytes = 1u << 20;     ///< 413 above, before the body is read
  std::chrono::seconds header_timeout{10};   ///< 408
  std::chrono::seconds body_timeout{30};     ///< 408
  std::chrono::seconds idle_timeout{60};     ///< keep-alive connection closed
  std::chrono::seconds drain_delay{0};       ///< SIGTERM: keep accepting this long, so that load balancers notice
  std::chrono::seconds drain_timeout{25};    ///< then connections still open after this are cut
  std::size_t max_connections = 20000;       ///< 503 above
};

/// One request, valid during the handler call. Header names compare without case.
struct HttpRequest {
  std::string_view method;
  std::string_view path;   ///< target up to '?'
  std::string_view query;  ///< after '?', or ""
  std::string_view body;
  std::function<std::string_view(std::string_view name)> header;  ///< value of a header, or ""
};

/// The answer; reused per connection, cleared before each request.
struct HttpResponse {
  int status = 200;
  std::string_view content_type = "application/json";  ///< must be a literal or outlive the response
  std::string body;
  std::string extra_headers;  ///< "Name: value\r\n" lines, already safe
  void Clear();
};

/// Called on a server thread (`thread` in [0, threads)); must not throw nor block for long. One call at a time per
/// thread.
using HttpHandler = std::function<void(int thread, const HttpRequest&, HttpResponse*)>;
/// A request that the server itself refuses: 400, 408, 413, 414, 417, 431 or 503.
struct HttpRefusal {
  int status = 400;
  std::string_view reason;
  std::string_view path;  ///< as in HttpRequest, or "" if the request line was not understood
};
/// Makes the body of a refusal. Called as HttpHandler is.
using ErrorRenderer = std::function<void(int thread, const HttpRefusal&, HttpResponse*)>;

/// HTTP/1.1 on Boost.Beast's parser: one io_context and one acceptor (SO_REUSEPORT) per thread, no locks between them.
///
/// What it refuses, each with the status above as ErrorRenderer words it, then closing: a header block or target over
/// its limit, more than 100 header fields, a body over its limit (before it is read, and as chunks add up), a client
/// that is too slow, malformed or ambiguous framing (repeated Content-Length or Host, Content-Length together with
/// Transfer-Encoding, any Transfer-Encoding but "chunked", folded or bare-LF lines). HEAD answers without the body.
class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> Listen(const ServerOptions& options, HttpHandler handler,
                                                    ErrorRenderer error_renderer);
  ~HttpServer();

  std::uint16_t port() const;
  int threads() const;
  /// Serves until Stop; blocks. Call once.
  void Run();
  /// Begins a drain: stops accepting, answers what is in flight with `Connection: close`, closes idle connections, then
  /// Run returns. `delay`: before that, keep accepting for so long. Thread-safe, but not async-signal-safe.
  void Stop(std::chrono::milliseconds delay = {});
  /// Run, with SIGTERM and SIGINT calling `on_drain` and then Stop (SIGTERM with options.drain_delay); a second signal
  /// cuts at once.
  void RunUntilSignal(const std::function<void()>& on_drain);

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::net
