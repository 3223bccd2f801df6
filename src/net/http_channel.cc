// SPDX-License-Identifier: Apache-2.0
#include "http_channel.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "kernel_time.h"

namespace valence::net {
namespace asio = boost::asio;
using std::chrono::nanoseconds;
namespace {

constexpr std::size_t kRecord = 16u << 10;                     // the most that TLS puts in one record
constexpr nanoseconds kImplausible = std::chrono::minutes(1);  // the clock was set between arrival and now

/// Time since the stamp that the kernel left in `message` (SO_TIMESTAMPNS), or 0.
nanoseconds Age(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{}, now{};
    std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    ::clock_gettime(CLOCK_REALTIME, &now);
    const nanoseconds age = ToDuration(now) - ToDuration(stamp);
    return age > nanoseconds(0) && age < kImplausible ? age : nanoseconds(0);
  }
  return nanoseconds(0);
}

}  // namespace

Channel::Channel(Socket socket, SslPointer tls, bool stamped)
    : socket_(std::move(socket)), tls_(std::move(tls)), stamped_(stamped) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  const int on = 1;
  if (stamped) ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

Channel::Transfer Channel::Receive(char* out, std::size_t size, int flags) {
  alignas(cmsghdr) std::array<char, 64> control;
  iovec room{out, size};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = stamped_ ? control.size() : 0;
  ssize_t received = 0;
  do received = ::recvmsg(socket_.native_handle(), &message, flags);
  while (received < 0 && errno == EINTR);
  if (received < 0) return {errno == EAGAIN ? Outcome::kWaitReadable : Outcome::kClosed};
  if (received == 0) return {Outcome::kClosed};
  waited_ = stamped_ ? Age(message) : nanoseconds(0);
  return {Outcome::kDone, static_cast<std::size_t>(received)};
}

Channel::Transfer Channel::Read(char* out, std::size_t size) {
  if (tls_ == nullptr) return Receive(out, size, 0);
  char first = 0;
  waited_ = nanoseconds(0);
  if (stamped_) Receive(&first, 1, MSG_PEEK);  // OpenSSL does its own reading, without asking for the stamp
  ERR_clear_error();
  return OfTls(SSL_read(tls_.get(), out, static_cast<int>(std::min(size, kRecord))));
}

Channel::Transfer Channel::Skip(std::size_t size) {
  if (tls_ == nullptr) return Receive(nullptr, size, MSG_TRUNC);  // tcp(7): discarded instead of passed back
  std::array<char, kRecord> unread;
  return Read(unread.data(), std::min(size, unread.size()));
}

Channel::Transfer Channel::Write(std::span<const asio::const_buffer> buffers) {
  if (tls_ == nullptr) {
    boost::system::error_code error;
    // Of one buffer the kernel need not read a list.
    const bool single = std::all_of(buffers.begin() + 1, buffers.end(), [](const auto& b) { return b.size() == 0; });
    const std::size_t size = single ? socket_.write_some(buffers.front(), error) : socket_.write_some(buffers, error);
    if (error == asio::error::would_block) return {Outcome::kWaitWritable};
    return error ? Transfer{} : Transfer{Outcome::kDone, size};
  }
  // One record for head and body, where they fit.
  std::array<char, kRecord> record;
  const std::size_t size = asio::buffer_copy(asio::buffer(record), buffers);
  ERR_clear_error();
  return OfTls(SSL_write(tls_.get(), record.data(), static_cast<int>(size)));
}

Channel::Transfer Channel::OfTls(int result) {
  if (result > 0) return {Outcome::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Outcome::kWaitReadable};
    case SSL_ERROR_WANT_WRITE:
      return {Outcome::kWaitWritable};
    default:
      return {Outcome::kClosed};
  }
}

bool Channel::Shutdown() {
  if (tls_ != nullptr && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  boost::system::error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  return !error;
}

}  // namespace valence::net
