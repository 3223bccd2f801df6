// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/net/http_client.h"

/// One HTTP exchange without redirects and repetitions: the only place that knows libcurl.
namespace valence::net::internal {

/// What to send. Views must outlive Perform.
struct TransferRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers;       ///< already checked: no line breaks
  std::string_view body;                 ///< sent unless `upload_fd` is open
  int upload_fd = -1;                    ///< a file to send, in place of `body`; stays the caller's
  std::uint64_t upload_offset = 0;       ///< first byte of it
  std::uint64_t upload_bytes = 0;        ///< how many
  bool fresh_connection = false;         ///< do not use a kept one (libcurl repeats a request on one that was dead)
  std::chrono::milliseconds timeout{0};  ///< of the exchange; 0 leaves it to the stall timeout
};

/// The head of an answer; "" and 0 for what is absent.
struct TransferHead {
  int status = 0;
  std::vector<HttpHeader> headers;   ///< in the order received
  std::string redirect;              ///< absolute target of a 3xx
  std::uint64_t content_length = 0;  ///< of the body to come
  std::chrono::seconds retry_after{0};

  /// The first header of that name (compared without case), or "".
  std::string_view Header(std::string_view name) const;
};

/// Receives the body, whatever the status. Called with the head before each piece. An error ends the exchange and
/// becomes its result.
using TransferSink = std::function<Status(const TransferHead& head, std::string_view bytes)>;

/// Why there is no whole answer.
enum class TransferFailure {
  kNone,
  kFinal,    ///< asking again cannot help: a bad address, a refused certificate, the sink's error
  kNotSent,  ///< the server cannot have seen the request
  kBroken,   ///< the server may have acted on it
};

/// A libcurl handle with its kept connections. Move-only; one thread at a time.
class Transfer {
 public:
  /// Of the options, those of one exchange: connect and stall timeout, TLS, user agent.
  explicit Transfer(const HttpClientOptions& options);
  Transfer(Transfer&&) noexcept;
  Transfer& operator=(Transfer&&) noexcept;
  ~Transfer();

  /// Performs the request. On success `*head` is set and the sink has all of the body. Errors: kUnavailable with what
  /// libcurl says, or the sink's error; `*failure` tells which kind.
  Status Perform(const TransferRequest& request, const TransferSink& sink, TransferHead* head,
                 TransferFailure* failure);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The first header of that name (compared without case), or "".
std::string_view FindHeader(const std::vector<HttpHeader>& headers, std::string_view name);

}  // namespace valence::net::internal
