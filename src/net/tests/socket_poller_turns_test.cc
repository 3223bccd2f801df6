// SPDX-License-Identifier: Apache-2.0
// Who is handed out when, and what becomes of the others when one is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "socket_poller.h"
#include "socket_poller_fixture.h"

namespace valence::net::socket_poller_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
}  // namespace valence::net::socket_poller_tests
