// SPDX-License-Identifier: Apache-2.0
// What a wait learns of its socket. Whose turn it is, and who is gone: socket_poller_turns_test.cc.
#include "socket_poller.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>

#include "socket_poller_fixture.h"

namespace valence::net::socket_poller_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

}  // namespace
}  // namespace valence::net::socket_poller_tests
