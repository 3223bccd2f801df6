// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace valence {

/// What the server sends for one request: raw bytes, then the end of the connection, silence until the client leaves,
/// or its next request.
struct Reply {
  std::string bytes;
  bool hang = false;
  bool keep = false;  ///< read the next request of the same connection
};

/// A blocking HTTP server on a free port of 127.0.0.1, for tests, with a thread a connection: every request is answered
/// by the script with raw bytes, so that a reply may be as wrong as the test wants.
class TestServer {
 public:
  /// `script(n, request)` makes the reply to the n-th request (from 0): its request line, headers and, with
  /// Content-Length, body. One call at a time.
  using Script = std::function<Reply(int n, const std::string& request)>;
  explicit TestServer(Script script);
  ~TestServer();

  std::string Url(const std::string& path) const;
  /// All requests so far, each with its body.
  std::vector<std::string> requests() const;
  /// How many connections were made.
  int connections() const;

 private:
  void Serve();
  void Converse(int connection);
  Reply Answer(const std::string& request);
  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> sockets_;  ///< of all connections; closed when the server ends
  std::vector<std::thread> conversations_;
  std::thread thread_;
};

/// "HTTP/1.1 <status>", the headers, Content-Length and `body`; for a reply after which the connection ends.
std::string MakeReply(const std::string& status, const std::string& body, const std::string& headers = "");
/// The same for a connection that stays.
Reply MakeKeptReply(const std::string& status, const std::string& body, const std::string& headers = "");

}  // namespace valence
