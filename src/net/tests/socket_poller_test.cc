// SPDX-License-Identifier: Apache-2.0
#include "socket_poller.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace valence::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Pair {
  std::optional<FileDescriptor> ours;  // does not block
  std::optional<FileDescriptor> theirs;
};

Pair Connected() {
  int fds[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  EXPECT_EQ(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
  Pair pair;
  pair.ours.emplace(fds[0]);
  pair.theirs.emplace(fds[1]);
  return pair;
}

/// Over TCP, which a socketpair is not.
Pair ConnectedByTcp() {
  const FileDescriptor listener(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const auto generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener.get(), generic, size), 0);
  EXPECT_EQ(listen(listener.get(), 1), 0);
  EXPECT_EQ(getsockname(listener.get(), generic, &size), 0);
  Pair pair;
  pair.theirs.emplace(socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(::connect(pair.theirs->get(), generic, size), 0);
  pair.ours.emplace(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
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

TEST_F(SocketPollerTest, HandsOutWhoseSocketCanBeRead) {
  auto a = Make("a");
  auto b = Make("b");
  const Client& b_client = *b;
  Await(std::move(a));
  Await(std::move(b));
  EXPECT_THAT(Poll(), IsEmpty());  // both can be written, which nobody awaits
  EXPECT_FALSE(Reports());
  b_client.Send("x");
  EXPECT_TRUE(Reports());
  EXPECT_THAT(Poll(), ElementsAre("b"));
  EXPECT_FALSE(Reports());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SocketPollerTest, RemembersWhatWasReportedWhileNobodyWaited) {
  auto a = Make("a");
  a->Send("x");
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_FALSE(poller_.HasDue());
  Await(std::move(a));
  EXPECT_TRUE(poller_.HasDue());
  EXPECT_FALSE(Reports());
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(SocketPollerTest, AReadThatLeavesSomethingBehindNeedsNoReport) {
  auto a = Make("a");
  a->Send("0123456789");
  Poll();
  EXPECT_EQ(a->Read(5), "01234");
  Await(std::move(a));
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_EQ(out_[0]->Read(6), "56789");
  Await(std::move(out_[0]));
  EXPECT_FALSE(poller_.HasDue());
}

TEST_F(SocketPollerTest, AReadThatFindsNothingWaitsForTheNextReport) {
  auto a = Make("a");
  a->Send("01234");
  Poll();
  EXPECT_EQ(a->Read(5), "01234");  // all, but nobody could know
  const Client& client = *a;
  Await(std::move(a));
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_EQ(out_[0]->Read(5), "EAGAIN");
  Await(std::move(out_[0]));
  EXPECT_THAT(Poll(), IsEmpty());
  client.Send("5");
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(SocketPollerTest, BytesBetweenAReportAndTheReadCostAWakeAndLoseNothing) {
  auto a = Make("a");
  const Client& client = *a;
  Await(std::move(a));
  client.Send("x");
  EXPECT_THAT(Poll(), ElementsAre("a"));
  client.Send("y");
  EXPECT_EQ(out_[0]->Read(10), "xy");
  client.Send("z");  // after the read, before the wait
  Await(std::move(out_[0]));
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_EQ(out_[1]->Read(10), "z");
}

TEST_F(SocketPollerTest, TheEndThatComesWithTheLastBytesIsFound) {
  for (Pair (*connect)() : {Connected, ConnectedByTcp}) {
    auto a = std::make_unique<Client>(&poller_, "a", connect());
    a->Send("last");
    shutdown(a->pair.theirs->get(), SHUT_WR);
    Await(std::move(a));
    ASSERT_THAT(Poll(), ElementsAre("a"));
    EXPECT_EQ(out_.back()->Read(100), "last");  // short, and still not all
    Await(std::move(out_.back()));
    ASSERT_THAT(Poll(), ElementsAre("a"));
    EXPECT_EQ(out_.back()->Read(100), "EOF");
    out_.clear();
  }
}

TEST_F(SocketPollerTest, TheEndThatComesAfterTheLastBytesIsReported) {
  auto a = std::make_unique<Client>(&poller_, "a", ConnectedByTcp());
  const Client& client = *a;
  Await(std::move(a));
  client.Send("last");
  ASSERT_THAT(Poll(), ElementsAre("a"));
  EXPECT_EQ(out_[0]->Read(100), "last");
  Await(std::move(out_[0]));
  EXPECT_FALSE(poller_.HasDue());
  shutdown(client.pair.theirs->get(), SHUT_WR);
  ASSERT_THAT(Poll(), ElementsAre("a"));
  EXPECT_EQ(out_[1]->Read(100), "EOF");
}

// recv stops before an urgent byte, however much there is behind it.
TEST_F(SocketPollerTest, WhatIsBehindAnUrgentByteIsFound) {
  auto a = std::make_unique<Client>(&poller_, "a", ConnectedByTcp());
  a->Send("ab");
  EXPECT_EQ(send(a->pair.theirs->get(), "!", 1, MSG_OOB), 1);
  a->Send("cd");
  Poll();
  std::string read;
  while (a->readiness.Has(Direction::kRead)) {
    if (const std::string bytes = a->Read(100); bytes != "EAGAIN") read += bytes;
  }
  EXPECT_EQ(read, "abcd");
}

TEST_F(SocketPollerTest, AResetEndsEveryWait) {
  for (const Direction direction : {Direction::kRead, Direction::kWrite}) {
    auto a = std::make_unique<Client>(&poller_, "a", ConnectedByTcp());
    Client& client = *a;
    Poll();
    a->readiness.Blocked(Direction::kWrite);
    Await(std::move(a), direction);
    EXPECT_THAT(Poll(), IsEmpty());
    const linger reset{1, 0};
    setsockopt(client.pair.theirs->get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client.pair.theirs.reset();
    EXPECT_THAT(Poll(), ElementsAre("a"));
    EXPECT_EQ(client.Read(10), "error");
    out_.clear();
  }
}

TEST_F(SocketPollerTest, AFullSocketIsHandedOutWhenTheOtherSideHasRead) {
  auto a = Make("a");
  Client& client = *a;
  Poll();
  const std::string part(1 << 16, 'x');
  while (send(client.fd(), part.data(), part.size(), MSG_NOSIGNAL) > 0) {
  }
  client.readiness.Blocked(Direction::kWrite);
  Await(std::move(a), Direction::kWrite);
  EXPECT_THAT(Poll(), IsEmpty());
  client.Send("x");  // not what is awaited, but kept
  EXPECT_THAT(Poll(), IsEmpty());
  std::string sink(1 << 16, '\0');
  while (recv(client.pair.theirs->get(), sink.data(), sink.size(), MSG_DONTWAIT) > 0) {
  }
  EXPECT_THAT(Poll(), ElementsAre("a"));
  Await(std::move(out_[0]));
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(SocketPollerTest, WakingEndsAWaitOnceWhateverTheSocketDoes) {
  auto a = Make("a");
  auto b = Make("b");
  const Client& a_client = *a;
  const Client& b_client = *b;
  poller_.Wake(a_client.fd());  // nobody waits: nothing happens, nor later
  Await(std::move(a));
  Await(std::move(b));
  EXPECT_THAT(Poll(), IsEmpty());
  poller_.Wake(a_client.fd());
  poller_.Wake(a_client.fd());
  poller_.Wake(b_client.fd());
  b_client.Send("x");
  EXPECT_THAT(Poll(), ElementsAre("a", "b"));
  Await(std::move(out_[0]));
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SocketPollerTest, WhoIsDestroyedByAnotherOfTheSameBatchIsForgottenWithItsNumber) {
  auto a = Make("a");
  auto b = Make("b");
  const int number = b->fd();
  a->Send("x");
  b->Send("x");
  Await(std::move(a));
  Client::Self next;
  poller_.Poll([&](Client::Self client) {
    EXPECT_EQ(client->name, "a");
    b.reset();
    next = Make("next");
  });
  ASSERT_EQ(next->fd(), number);
  const Client& client = *next;
  Await(std::move(next));
  EXPECT_THAT(Poll(), IsEmpty());
  client.Send("x");
  EXPECT_THAT(Poll(), ElementsAre("next"));
}

// Closing a socket takes it out of the kernel's set only if nobody has a copy, a child process, say.
TEST_F(SocketPollerTest, ReportsOfASocketThatIsGoneAreIgnored) {
  auto a = Make("a");
  const FileDescriptor copy(dup(a->fd()));
  const FileDescriptor theirs = std::move(*a->pair.theirs);
  a.reset();
  EXPECT_EQ(send(theirs.get(), "x", 1, 0), 1);
  EXPECT_TRUE(Reports());
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_FALSE(Reports());
}

TEST_F(SocketPollerTest, AnItemThatIsDroppedWhenHandedOutLeavesNothingBehind) {
  for (const char* name : {"a", "b", "c"}) {
    auto client = Make(name);
    client->Send("x");
    Await(std::move(client));
  }
  int handed_out = 0;
  poller_.Poll([&](Client::Self) { ++handed_out; });
  EXPECT_EQ(handed_out, 3);
  EXPECT_EQ(Client::destroyed, 3);
  EXPECT_FALSE(poller_.HasDue());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SocketPollerTest, SaysWhetherThatWasAll) {
  EXPECT_TRUE(poller_.Poll([](Client::Self) {}));
  const std::size_t many = EpollSet::Batch().size() + 1;
  for (std::size_t i = 0; i < many; ++i) {
    auto client = Make("one of many");
    client->Send("x");
    Await(std::move(client));
  }
  std::size_t handed_out = 0;
  EXPECT_FALSE(poller_.Poll([&](Client::Self) { ++handed_out; }));
  EXPECT_TRUE(poller_.Poll([&](Client::Self) { ++handed_out; }));
  EXPECT_EQ(handed_out, many);
}

TEST_F(SocketPollerTest, AnExceptionCostsOneItemAndTheOthersAreStillDue) {
  for (const char* name : {"a", "b", "c"}) {
    auto client = Make(name);
    client->Send("x");
    Await(std::move(client));
  }
  EXPECT_THROW(poller_.Poll([](Client::Self) { throw std::runtime_error(""); }), std::runtime_error);
  EXPECT_EQ(Client::destroyed, 1);
  EXPECT_TRUE(poller_.HasDue());
  EXPECT_THAT(Poll(), ElementsAre("b", "c"));
}

TEST_F(SocketPollerTest, HandsOutManyByAndByEachOnce) {
  constexpr int kMany = 300;
  for (int i = 0; i < kMany; ++i) {
    auto client = Make(std::to_string(i));
    client->Send("x");
    Await(std::move(client));
  }
  std::vector<std::string> all;
  while (all.size() < kMany) {
    const auto some = Poll();
    ASSERT_THAT(some, testing::SizeIs(testing::AllOf(testing::Gt(0), testing::Le(64))));
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_F(SocketPollerTest, WhoIsAlwaysReadyTakesTurnsWithTheOthers) {
  auto greedy = Make("greedy");
  greedy->Send(std::string(1000, 'x'));
  Await(std::move(greedy));
  std::vector<const Client*> others;
  for (const char* name : {"a", "b"}) {
    auto client = Make(name);
    others.push_back(client.get());
    Await(std::move(client));
  }
  for (int round = 0; round < 100; ++round) {
    for (const Client* each : others) each->Send("x");
    std::vector<std::string> names;
    poller_.Poll([&](Client::Self client) {
      names.push_back(client->name);
      EXPECT_EQ(client->Read(client->name == "greedy" ? 1 : 10), "x");
      Await(std::move(client));  // the greedy one is due at once
    });
    EXPECT_THAT(names, testing::UnorderedElementsAre("greedy", "a", "b")) << round;
  }
}

TEST(SocketPoller, DropsWhoStillWaits) {
  Client::destroyed = 0;
  {
    Client::Poller poller(EpollSet::Open().value());
    for (int i = 0; i < 10; ++i) {
      auto client = std::make_unique<Client>(&poller, "");
      const int fd = client->fd();
      poller.Await(fd, Direction::kRead, std::move(client));
    }
    EXPECT_EQ(Client::destroyed, 0);
  }
  EXPECT_EQ(Client::destroyed, 10);
}

}  // namespace
}  // namespace valence::net
