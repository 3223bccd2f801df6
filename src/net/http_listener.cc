// SPDX-License-Identifier: Apache-2.0
#include "http_listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace valence::net {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr std::chrono::milliseconds kPause{100};  // when the process is out of file descriptors
constexpr int kTogether = 16;                     // clients that are accepted before others get their turn

Error ListenError(const Listener::Endpoint& endpoint, const error_code& error) {
  return Unavailable(
      fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(), endpoint.port(), error.message()));
}

/// Errors of accept that say nothing of the next client.
bool IsPassing(int error) { return error == 0 || error == ECONNABORTED || error == EINTR; }

}  // namespace

Listener::Listener(asio::io_context& io, bool stamped, Welcome welcome)
    : stamped_(stamped), welcome_(std::move(welcome)), acceptor_(io), again_(io) {}

Result<Listener::Endpoint> Listener::Listen(const Endpoint& endpoint) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (error) return ListenError(endpoint, error);
  acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  const int on = 1;
  if (::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    return ListenError(endpoint, error_code(errno, boost::system::system_category()));
  }
  Stamp();
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) return ListenError(endpoint, error);
  return acceptor_.local_endpoint();
}

Result<Listener::Endpoint> Listener::Adopt(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  int listens = 0;
  socklen_t flag_size = sizeof listens;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) != 0 || listens == 0 ||
      (address.ss_family != AF_INET && address.ss_family != AF_INET6)) {
    return InvalidArgument(fmt::format("file descriptor {}: expected a listening TCP socket", socket));
  }
  const auto protocol = address.ss_family == AF_INET ? asio::ip::tcp::v4() : asio::ip::tcp::v6();
  error_code error;
  acceptor_.assign(protocol, ::fcntl(socket, F_DUPFD_CLOEXEC, 0), error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) return Unavailable(fmt::format("file descriptor {}: {}", socket, error.message()));
  Stamp();
  return acceptor_.local_endpoint();
}

void Listener::Stamp() {
  const int on = 1;
  if (stamped_) ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

void Listener::Resume() {
  if (acceptor_.is_open() && !waiting_) Await();
}

void Listener::Await() {
  acceptor_.async_wait(Acceptor::wait_read, [this](error_code error) {
    waiting_ = false;
    if (!error) Accept();
  });
  waiting_ = true;
}

void Listener::Pause() {
  again_.expires_after(kPause);
  again_.async_wait([this](error_code cancelled) {
    waiting_ = false;
    if (!cancelled) Await();
  });
  waiting_ = true;
}

void Listener::Accept() {
  int error = 0;
  for (int i = 0; i < kTogether && IsPassing(error); ++i) error = AcceptOne();
  // Another worker may have been faster, if they share the socket.
  if (IsPassing(error) || error == EAGAIN) return Await();
  Pause();
}

/// Returns errno, or 0 if there was a client.
int Listener::AcceptOne() {
  Endpoint peer;
  auto size = static_cast<socklen_t>(peer.capacity());
  FileDescriptor socket(::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.get() < 0) return errno;
  peer.resize(size);
  welcome_(std::move(socket), peer);
  return 0;
}

void Listener::Close() {
  while (IsPassing(AcceptOne())) {
  }
  error_code ignored;
  acceptor_.close(ignored);
  again_.cancel();
}

}  // namespace valence::net
