// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asker.h"
#include "guard/guard.h"

namespace valence::serving {

/// Asks a Service through a Guard, without a socket.
class Guarded {
 public:
  using Headers = std::map<std::string, std::string, std::less<>>;

  explicit Guarded(const GuardOptions& options) : guard_(Guard::Make(options, &asker_.service(), 2).value()) {}

  net::HttpResponse Ask(std::string_view method, std::string_view path, Headers headers = {},
                        std::string_view body = "") {
    net::HttpResponse response;
    guard_->Handle(0, Make(method, path, headers, body), &response);
    return response;
  }
  /// The answer to POST /predict if it is refused before its body is read; else nothing.
  std::optional<net::HttpResponse> RefuseUnread(Headers headers = {}, std::string_view method = "POST") {
    net::HttpResponse response;
    if (!guard_->RefuseUnread(0, Make(method, "/predict", headers, ""), &response)) return std::nullopt;
    return response;
  }
  net::HttpResponse Get(std::string_view path, Headers headers = {}) { return Ask("GET", path, std::move(headers)); }
  net::HttpResponse Predict(std::string_view body, Headers headers = {}) {
    headers["Content-Type"] = "application/json";
    return Ask("POST", "/predict", std::move(headers), body);
  }

  Guard& guard() { return *guard_; }
  Service& service() { return asker_.service(); }
  /// Ends the guard, so that its log is written.
  void Close() { guard_.reset(); }

  std::string peer = "192.0.2.1";
  std::chrono::nanoseconds waited{};
  bool queue_is_full = false;

 private:
  net::HttpRequest Make(std::string_view method, std::string_view path, const Headers& headers,
                        std::string_view body) const {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.peer = peer;
    request.waited = waited;
    request.queue_is_full = queue_is_full;
    request.header = [&headers](std::string_view name) -> std::string_view {
      const auto found = headers.find(name);
      return found == headers.end() ? std::string_view() : found->second;
    };
    return request;
  }

  Asker asker_;
  std::unique_ptr<Guard> guard_;
};

}  // namespace valence::serving
