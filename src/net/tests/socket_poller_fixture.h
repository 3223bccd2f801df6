// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socket_poller.h"

namespace valence::net::socket_poller_tests {

struct Pair {
  std::optional<FileDescriptor> ours;  // does not block
  std::optional<FileDescriptor> theirs;
};

inline Pair Connected() {
  int fds[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  EXPECT_EQ(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
  Pair pair;
  pair.ours.emplace(fds[0]);
  pair.theirs.emplace(fds[1]);
  return pair;
}

/// What a connection does with its socket.
class Client {
 public:
  using Self = std::unique_ptr<Client>;
  using Poller = SocketPoller<Self>;

  Client(Poller* poller, std::string its_name, Pair sockets = Connected())
      : name(std::move(its_name)), pair(std::move(sockets)), poller_(*poller) {
    EXPECT_TRUE(poller_.Add(fd(), &readiness));
  }
  ~Client() {
    poller_.Remove(fd());
    ++destroyed;
  }
  int fd() const { return pair.ours->get(); }

  void Send(std::string_view bytes) const {
    EXPECT_EQ(send(pair.theirs->get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  /// At most `room` bytes; "EAGAIN", "EOF" or "error" if there are none.
  std::string Read(std::size_t room) {
    std::string bytes(room, '\0');
    const ssize_t size = recv(fd(), bytes.data(), room, 0);
    if (size < 0 && errno == EAGAIN) {
      readiness.Blocked(Direction::kRead);
      return "EAGAIN";
    }
    if (size <= 0) return size == 0 ? "EOF" : "error";
    bytes.resize(static_cast<std::size_t>(size));
    if (bytes.size() < room) readiness.ReadShort();
    return bytes;
  }

  const std::string name;
  Pair pair;
  Readiness readiness;
  static inline int destroyed = 0;

 private:
  Poller& poller_;
};

class SocketPollerTest : public ::testing::Test {
 protected:
  SocketPollerTest() { Client::destroyed = 0; }

  Client::Self Make(std::string name) { return std::make_unique<Client>(&poller_, std::move(name)); }
  void Await(Client::Self client, Direction direction = Direction::kRead) {
    const int fd = client->fd();
    poller_.Await(fd, direction, std::move(client));
  }
  /// Names of those that one Poll hands out. They are kept in out_.
  std::vector<std::string> Poll() {
    std::vector<std::string> names;
    poller_.Poll([&](Client::Self client) {
      names.push_back(client->name);
      out_.push_back(std::move(client));
    });
    return names;
  }
  bool Reports() const {
    pollfd poll{poller_.fd(), POLLIN, 0};
    return ::poll(&poll, 1, 0) == 1;
  }

  Client::Poller poller_{EpollSet::Open().value()};
  std::vector<Client::Self> out_;
};

}  // namespace valence::net::socket_poller_tests
