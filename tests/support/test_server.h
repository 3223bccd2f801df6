// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace valence {

/// What the server sends for one request: raw bytes, then either a close or silence until the client leaves.
struct Reply {
  std::string bytes;
  bool hang = false;
};

/// A blocking one-connection-at-a-time HTTP server on a free port of 127.0.0.1, for tests: every request is answered by
/// the script with raw bytes, so that a reply may be as wrong as the test wants.
class TestServer {
 public:
  /// `script(n, head)` makes the reply to the n-th request (from 0); `head` holds its request line and headers.
  using Script = std::function<Reply(int n, const std::string& head)>;
  explicit TestServer(Script script);
  ~TestServer();

  std::string Url(const std::string& path) const;
  /// The heads of all requests so far.
  std::vector<std::string> requests() const;

 private:
  void Serve();
  void Answer(int connection);
  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// "HTTP/1.1 <status>", the headers, Content-Length and `body`.
std::string MakeReply(const std::string& status, const std::string& body, const std::string& headers = "");

}  // namespace valence
