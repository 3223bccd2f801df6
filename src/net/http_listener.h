// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "valence/base/file_descriptor.h"
#include "valence/base/result.h"

namespace valence::net {

/// A worker's listening socket. One thread only.
class Listener {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  /// Takes a client's socket, which does not block.
  using Welcome = std::function<void(FileDescriptor socket, const Endpoint& peer)>;

  /// `stamped`: have the kernel note when bytes arrive. It begins a moment after the first socket asks for it, too late
  /// for the first requests of a client's own socket.
  Listener(boost::asio::io_context& io, bool stamped, Welcome welcome);

  /// Binds the socket, sharing its port with other listeners (SO_REUSEPORT). Returns the bound address. Errors:
  /// kUnavailable.
  Result<Endpoint> Listen(const Endpoint& endpoint);
  /// The same with a socket that listens already, of which it takes a copy. Errors: also kInvalidArgument.
  Result<Endpoint> Adopt(int socket);
  /// Accepts clients from now on. To be called again after an exception from Welcome; does nothing if none was lost.
  void Resume();
  /// Takes in who has connected already, then refuses newcomers.
  void Close();

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void Await();
  void Pause();
  void Accept();
  int AcceptOne();

  void Stamp();

  const bool stamped_;
  const Welcome welcome_;
  Acceptor acceptor_;
  Timer again_;
  bool waiting_ = false;  // for a client, or for again_
};

}  // namespace valence::net
