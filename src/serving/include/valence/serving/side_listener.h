// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "valence/base/result.h"
#include "valence/net/http_server.h"
#include "valence/serving/oip_call.h"

namespace valence::serving {

/// Whom another transport than HTTP/1 asks, with what it took for a request in HTTP's words: a POST to the method's
/// path, the metadata as header fields. Its threads have the numbers first_thread and up; each is called as
/// net::HttpHandler is. The answer is never deferred.
struct CallHandlers {
  int first_thread = 0;
  std::function<void(int thread, const net::HttpRequest&, net::HttpResponse*, oip::Call*)> answer;
  net::ErrorRenderer refuse;       ///< for what the transport refuses itself
  net::HttpRefuser refuse_unread;  ///< asked of a call that finds its thread's queue full
};

/// A way in beside HTTP, which opens and drains with it. Thread-safe.
class SideListener {
 public:
  SideListener() = default;
  SideListener(const SideListener&) = delete;
  SideListener& operator=(const SideListener&) = delete;
  /// Ends what is still open.
  virtual ~SideListener() = default;

  /// For the log: "gRPC on 127.0.0.1:8001".
  virtual std::string Describe() const = 0;
  /// Not ready from now on; after `delay` nothing new is taken, and what is in flight may end. Does not wait.
  virtual void BeginDrain(std::chrono::milliseconds delay) = 0;
  /// Ends what is in flight.
  virtual void Cut() = 0;
  /// Until the drain is over.
  virtual void Wait() = 0;
};

/// Opens one with `http.threads` threads, on http's address and by its limits, times and certificates. The handlers
/// must live as long as the listener.
using SideListenerOpener =
    std::function<Result<std::unique_ptr<SideListener>>(const net::ServerOptions& http, const CallHandlers& handlers)>;

}  // namespace valence::serving
