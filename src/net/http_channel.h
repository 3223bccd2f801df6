// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "readiness.h"
#include "tls_context.h"
#include "valence/base/file_descriptor.h"

namespace valence::net {

/// The bytes from and to one client, by TCP or by TLS over it. Never blocks.
class Channel {
 public:
  /// What came of a call, and what to wait for before the next.
  enum class Outcome { kDone, kWaitReadable, kWaitWritable, kClosed };
  static constexpr std::size_t kMaxPieces = 3;
  struct Transfer {
    Outcome outcome = Outcome::kClosed;
    std::size_t size = 0;
  };

  /// `socket`: one that does not block. `tls`: nullptr for plain TCP. `stamped`: have the kernel note when bytes
  /// arrive.
  Channel(FileDescriptor socket, SslPointer tls, bool stamped);

  int fd() const { return socket_.get(); }
  /// Of the socket; each call keeps it up to date.
  Readiness& readiness() { return readiness_; }
  bool secure() const { return tls_ != nullptr; }
  /// Reads at most `size` bytes; the TLS handshake is part of the first reads. `may_be_late`: find out how long they
  /// had been in the kernel, which costs about a hundredth of a request.
  Transfer Read(char* out, std::size_t size, bool may_be_late);
  /// Throws away at most `size` bytes of what Read would give; over TCP nobody copies them.
  Transfer Skip(std::size_t size);
  /// Throws away what has arrived, whatever it is: not for a channel from which anything will be read.
  Transfer Discard();
  /// Whether Read has something to give without waiting, which the socket would not tell.
  bool HasMore() const { return tls_ != nullptr && SSL_has_pending(tls_.get()) == 1; }
  /// How long the bytes of the last Read had been in the kernel. Zero if unknown, or not asked for.
  std::chrono::nanoseconds waited() const { return waited_; }
  /// Writes some of the pieces' bytes, in order; kMaxPieces at most. To be called again with the same bytes after
  /// kWaitWritable.
  Transfer Write(std::span<const std::string_view> pieces);
  /// Says that nothing more will be written. False if the client is gone.
  bool Shutdown();

 private:
  Transfer Receive(char* out, std::size_t size, int flags = 0);
  Transfer ReceiveStamped(char* out, std::size_t size, int flags = 0);
  Transfer Received(ssize_t received, std::size_t size);
  Transfer Send(std::span<const std::string_view> pieces);
  Transfer SendRecord(std::span<const std::string_view> pieces);
  Transfer Blocked(Direction direction);
  Transfer OfTls(int result);

  FileDescriptor socket_;
  Readiness readiness_;
  SslPointer tls_;
  const bool stamped_;
  bool is_new_ = true;  ///< nothing has been read: it may have waited for long to be accepted
  std::chrono::nanoseconds waited_{};
};

}  // namespace valence::net
