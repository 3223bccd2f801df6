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

/// PEM files of a server that speaks TLS (1.2 or later, ALPN http/1.1).
struct TlsFiles {
  std::string certificate;  ///< the chain, the server's own first; "" for plain TCP
  std::string key;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  /// A TCP socket that listens already, in place of host and port (systemd's socket activation); not closed. -1: none.
  int inherited_socket = -1;
  std::uint16_t port = 0;                    ///< 0 picks a free one; see HttpServer::port()
  int threads = 0;                           ///< 0: every core
  std::size_t max_header_bytes = 16u << 10;  ///< 431 above
  std::size_t max_target_bytes = 8u << 10;   ///< 414 above
  std::size_t max_body_bytes = 1u << 20;     ///< 413 above, before the body is read
  std::size_t max_stream_bytes = 1u << 30;   ///< the same for bodies that an HttpStream takes
  TlsFiles tls;
  /// A request that waited longer is late. Then late ones are answered first, after them the newest, and what has not
  /// arrived of a body stays with the kernel until then; what has no body is answered at once. Who comes when those
  /// before it take a quarter of this time can be refused at once. 0: in the order in which they are read, and
  /// HttpRequest::waited is not known.
  std::chrono::milliseconds late_after{0};
  std::chrono::seconds header_timeout{10};  ///< 408; a TLS handshake that takes longer is cut
  std::chrono::seconds body_timeout{30};    ///< 408; for an HttpStream: of each part
  std::chrono::seconds idle_timeout{60};    ///< keep-alive connection closed
  std::chrono::seconds drain_delay{0};      ///< SIGTERM: keep accepting this long, so that load balancers notice
  std::chrono::seconds drain_timeout{25};   ///< then connections still open after this are cut
  std::size_t max_connections = 20000;      ///< 503 above
};

/// One request, valid during the handler call. Header names compare without case.
struct HttpRequest {
  std::string_view method;
  std::string_view path;   ///< target up to '?'
  std::string_view query;  ///< after '?', or ""
  std::string_view body;
  std::string_view peer;  ///< the client's address without its port, or ""
  bool secure = false;    ///< whether it came by TLS
  /// How long it lay in the kernel because this thread was busy: what a queue is elsewhere. The longest of its parts,
  /// so that a long body does not add up to a wait. 0 unless ServerOptions::late_after is set, and where it is
  /// certainly below half of that, which it is at most times.
  std::chrono::nanoseconds waited{};
  /// Only for an HttpRefuser: whether so much work is before it that in an overload it is best refused.
  bool queue_is_full = false;
  std::function<std::string_view(std::string_view name)> header;  ///< value of a header, or ""
};

struct HttpResponse;

/// Work that a handler may not do itself because it blocks (a write to disk that must be there before the answer).
struct DeferredWork {
  std::function<void()> work;                          ///< first, on the server's side thread
  std::function<void(HttpResponse* response)> finish;  ///< then, on the thread of the handler: completes the answer
};

/// The answer; reused per connection, cleared before each request.
struct HttpResponse {
  int status = 200;
  std::string_view content_type = "application/json";  ///< must be a literal or outlive the response
  std::string body;
  std::string extra_headers;  ///< "Name: value\r\n" lines, already safe
  /// Set by a handler whose answer is to wait. The request stays valid until `finish` is done. Neither part may throw.
  std::unique_ptr<DeferredWork> deferred;
  void Clear();
};

/// Called on a server thread (`thread` in [0, threads)); must not throw nor block for long. One call at a time per
/// thread.
using HttpHandler = std::function<void(int thread, const HttpRequest&, HttpResponse*)>;
/// A request whose body is worked on as it arrives, so that it may be longer than memory; its answer goes out at the
/// same time. Nothing more is read while the client does not take the answer. Used on one thread; must not throw.
/// Destroyed without Finish if the client goes away.
class HttpStream {
 public:
  HttpStream() = default;
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;
  virtual ~HttpStream() = default;

  /// Takes the next bytes of the body and appends to `response->body` (empty at each call) what may go out. Status and
  /// headers may be set as long as nothing has gone out. False breaks off: what is in the response is sent and the
  /// connection closed, so that an answer that was under way does not look whole.
  virtual bool Feed(std::string_view bytes, HttpResponse* response) = 0;
  /// The body is complete; appends the rest of the answer, to what the last Feed left if that has not gone out yet.
  /// False as for Feed.
  virtual bool Finish(HttpResponse* response) = 0;
};
/// Asked when the header of a request has arrived (its body is still ""): who takes the body, or nullptr for the
/// handler. Called as HttpHandler is.
using StreamOpener = std::function<std::unique_ptr<HttpStream>(int thread, const HttpRequest&)>;
/// Asked when the header of a request has arrived but not yet all of its body, which a Content-Length announces, and of
/// a request for which the queue is full: whether it is refused whatever its body holds. True: the answer is in
/// `response`, the body is dropped where it is and the connection goes on, unless the client waits for a 100
/// (Continue). `body` is "". Called as HttpHandler is, which follows if this is false, or a second question once it is
/// its turn.
using HttpRefuser = std::function<bool(int thread, const HttpRequest&, HttpResponse*)>;
/// A request that the server itself refuses: 400, 408, 413, 414, 417, 431 or 503.
struct HttpRefusal {
  int status = 400;
  std::string_view reason;
  std::string_view path;       ///< as in HttpRequest, or "" if the request line was not understood
  std::string_view peer = {};  ///< as in HttpRequest
};
/// Makes the body of a refusal. Called as HttpHandler is.
using ErrorRenderer = std::function<void(int thread, const HttpRefusal&, HttpResponse*)>;

/// What a running server tells; any may be empty. Called on a thread that answers no requests.
struct ServerEvents {
  std::function<void()> on_ready;  ///< from now on a signal begins a drain; on the thread of RunUntilSignal
  /// SIGTERM or SIGINT: the drain begins, and new connections are taken for `delay` more.
  std::function<void(std::chrono::milliseconds delay)> on_drain;
  std::function<void()> on_cut;     ///< a second one: what is open is cut
  std::function<void()> on_second;  ///< about every second
  /// The server has drained; a second signal cuts until this returns, so what drains beside it is to be waited for
  /// here. On the thread of RunUntilSignal.
  std::function<void()> on_drained;
};

/// HTTP/1.1 on Boost.Beast's parser: one io_context and one acceptor (SO_REUSEPORT) per thread, no locks between them.
///
/// What it refuses, each with the status above as ErrorRenderer words it, then closing: a header block or target over
/// its limit, more than 100 header fields, a body over its limit (before it is read, and as chunks add up), a client
/// that is too slow, malformed or ambiguous framing (repeated Content-Length or Host, Content-Length together with
/// Transfer-Encoding, any Transfer-Encoding but "chunked", folded or bare-LF lines). HEAD answers without the body.
class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> Listen(const ServerOptions& options, HttpHandler handler,
                                                    ErrorRenderer error_renderer, StreamOpener open_stream = nullptr,
                                                    HttpRefuser refuse = nullptr);
  ~HttpServer();

  std::uint16_t port() const;
  int threads() const;
  /// Serves until Stop; blocks. Call once.
  void Run();
  /// Begins a drain: stops accepting, answers what is in flight with `Connection: close`, closes idle connections, then
  /// Run returns. `delay`: before that, keep accepting for so long. Thread-safe, but not async-signal-safe.
  void Stop(std::chrono::milliseconds delay = {});
  /// Run; SIGTERM and SIGINT begin a drain (SIGTERM with options.drain_delay), a second one cuts at once.
  void RunUntilSignal(const ServerEvents& events);
  /// Reads the TLS files anew, for connections that begin from now on; on an error nothing changes. Does nothing
  /// without TLS. Thread-safe.
  Status ReloadCertificates();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::net
