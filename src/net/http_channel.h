// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <span>

#include "tls_context.h"

namespace valence::net {

/// The bytes from and to one client, by TCP or by TLS over it. Never blocks.
class Channel {
 public:
  /// As asio::ip::tcp::socket, without its type-erased executor.
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  /// What came of a call, and what to wait for before the next.
  enum class Outcome { kDone, kWaitReadable, kWaitWritable, kClosed };
  struct Transfer {
    Outcome outcome = Outcome::kClosed;
    std::size_t size = 0;
  };

  /// `tls`: nullptr for plain TCP. `stamped`: have the kernel note when bytes arrive.
  Channel(Socket socket, SslPointer tls, bool stamped);

  Socket& socket() { return socket_; }
  bool secure() const { return tls_ != nullptr; }
  /// Reads at most `size` bytes; the TLS handshake is part of the first reads.
  Transfer Read(char* out, std::size_t size);
  /// Throws away at most `size` bytes of what Read would give; over TCP nobody copies them.
  Transfer Skip(std::size_t size);
  /// Whether Read has something to give without waiting, which the socket would not tell.
  bool HasMore() const { return tls_ != nullptr && SSL_has_pending(tls_.get()) == 1; }
  /// How long the bytes of the last Read had been in the kernel. Zero if unknown.
  std::chrono::nanoseconds waited() const { return waited_; }
  /// Writes some of the buffers' bytes, in order. To be called again with the same bytes after kWaitWritable.
  Transfer Write(std::span<const boost::asio::const_buffer> buffers);
  /// Says that nothing more will be written. False if the client is gone.
  bool Shutdown();

 private:
  Transfer Receive(char* out, std::size_t size, int flags);
  Transfer OfTls(int result);

  Socket socket_;
  SslPointer tls_;
  const bool stamped_;
  std::chrono::nanoseconds waited_{};
};

}  // namespace valence::net
