// SPDX-License-Identifier: Apache-2.0
#include "http_channel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "kernel_time.h"

namespace valence::net {
using std::chrono::nanoseconds;
namespace {

constexpr std::size_t kRecord = 16u << 10;    // the most that TLS puts in one record
constexpr std::size_t kDiscarded = 1u << 20;  // at a time

}  // namespace

Channel::Channel(FileDescriptor socket, SslPointer tls, bool stamped)
    : socket_(std::move(socket)), tls_(std::move(tls)), stamped_(stamped) {
  const int on = 1;
  ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (stamped) ::setsockopt(fd(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

Channel::Transfer Channel::Blocked(Direction direction) {
  readiness_.Blocked(direction);
  return {direction == Direction::kRead ? Outcome::kWaitReadable : Outcome::kWaitWritable};
}

Channel::Transfer Channel::Received(ssize_t received, std::size_t size) {
  if (received < 0) return errno == EAGAIN ? Blocked(Direction::kRead) : Transfer{};
  if (received == 0) return {};
  if (static_cast<std::size_t>(received) < size) readiness_.ReadShort();
  return {Outcome::kDone, static_cast<std::size_t>(received)};
}

// recv(2) and send(2) by their numbers: the functions would let the thread be cancelled meanwhile, at a cost.

Channel::Transfer Channel::Receive(char* out, std::size_t size, int flags) {
  waited_ = nanoseconds(0);
  return Received(RetryIfInterrupted([&] { return ::syscall(SYS_recvfrom, fd(), out, size, flags, nullptr, nullptr); }),
                  size);
}

Channel::Transfer Channel::ReceiveStamped(char* out, std::size_t size, int flags) {
  alignas(cmsghdr) std::array<char, 64> control;
  iovec room{out, size};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t received = RetryIfInterrupted([&] { return ::recvmsg(fd(), &message, flags); });
  waited_ = received > 0 ? AgeOf(message) : nanoseconds(0);
  return Received(received, size);
}

Channel::Transfer Channel::Read(char* out, std::size_t size, bool may_be_late) {
  const bool ask = stamped_ && (may_be_late || is_new_);
  is_new_ = false;
  if (tls_ == nullptr) return ask ? ReceiveStamped(out, size) : Receive(out, size);
  char first = 0;
  waited_ = nanoseconds(0);
  if (ask) ReceiveStamped(&first, 1, MSG_PEEK);  // OpenSSL does its own reading, without asking for the stamp
  ERR_clear_error();
  return OfTls(SSL_read(tls_.get(), out, static_cast<int>(std::min(size, kRecord))));
}

Channel::Transfer Channel::Skip(std::size_t size) {
  if (tls_ == nullptr) return Receive(nullptr, size, MSG_TRUNC);  // tcp(7): discarded instead of passed back
  std::array<char, kRecord> unread;
  return Read(unread.data(), std::min(size, unread.size()), false);
}

Channel::Transfer Channel::Discard() { return Receive(nullptr, kDiscarded, MSG_TRUNC); }

Channel::Transfer Channel::Write(std::span<const std::string_view> pieces) {
  return tls_ == nullptr ? Send(pieces) : SendRecord(pieces);
}

Channel::Transfer Channel::Send(std::span<const std::string_view> pieces) {
  std::array<iovec, kMaxPieces> list;
  msghdr message{};
  message.msg_iov = list.data();
  for (const std::string_view each : pieces) {
    if (!each.empty()) list[message.msg_iovlen++] = {const_cast<char*>(each.data()), each.size()};
  }
  const ssize_t sent = RetryIfInterrupted([&]() -> ssize_t {
    if (message.msg_iovlen != 1) return ::sendmsg(fd(), &message, MSG_NOSIGNAL);
    const auto [bytes, size] = list[0];  // the kernel need not read a list
    return ::syscall(SYS_sendto, fd(), bytes, size, MSG_NOSIGNAL, nullptr, 0);
  });
  if (sent < 0) return errno == EAGAIN ? Blocked(Direction::kWrite) : Transfer{};
  return {Outcome::kDone, static_cast<std::size_t>(sent)};
}

/// One record for head and body, where they fit.
Channel::Transfer Channel::SendRecord(std::span<const std::string_view> pieces) {
  std::array<char, kRecord> record;
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.copy(record.data() + size, record.size() - size);
  ERR_clear_error();
  return OfTls(SSL_write(tls_.get(), record.data(), static_cast<int>(size)));
}

Channel::Transfer Channel::OfTls(int result) {
  if (result > 0) return {Outcome::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Blocked(Direction::kRead);
    case SSL_ERROR_WANT_WRITE:
      return Blocked(Direction::kWrite);
    default:
      return {Outcome::kClosed};
  }
}

bool Channel::Shutdown() {
  if (tls_ != nullptr && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  return ::shutdown(fd(), SHUT_WR) == 0;
}

}  // namespace valence::net
