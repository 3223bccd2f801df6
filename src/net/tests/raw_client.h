// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace valence::net {

/// A blocking TCP client for tests that sends exactly the bytes it is told to.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  /// False if the server has closed.
  bool Send(std::string_view bytes);
  /// Says that nothing more will be sent.
  void End();
  /// Closes with a reset; nothing else may follow.
  void Reset();
  /// Everything until the server closes or nothing has come for 10 s.
  std::string ReadAll();
  /// One whole answer by its Content-Length; "" if the server closed.
  std::string ReadAnswer();
  /// Everything up to and with `end`; "" if the server closed before.
  std::string ReadUntil(std::string_view end);
  /// How often `c` occurs in what comes up to `end`, without holding it.
  std::size_t CountUntil(char c, std::string_view end);
  /// The answer to a HEAD request.
  std::string ReadHead();
  /// Whether the server closes without sending any more.
  bool AtEnd();

 private:
  bool Fill();
  int fd_;
  std::string received_;
};

/// A whole GET request.
std::string Get(std::string_view path);
/// The status of an answer, or 0.
int StatusOf(std::string_view answer);
/// How many answers `bytes` holds, by their status lines.
int CountAnswers(std::string_view bytes);

}  // namespace valence::net
