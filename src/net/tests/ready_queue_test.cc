// SPDX-License-Identifier: Apache-2.0
#include "valence/net/ready_queue.h"

#include <gtest/gtest.h>

namespace valence::net {
namespace {

using std::chrono::milliseconds;

class ReadyQueueTest : public ::testing::Test {
 protected:
  static ReadyQueue<int>::Clock::time_point At(int ms) {
    return ReadyQueue<int>::Clock::time_point(milliseconds(1000 + ms));
  }
  /// A request that arrived then, and is pushed now.
  void Push(int item, int arrived_ms, int now_ms) { queue_.Push(item, milliseconds(now_ms - arrived_ms), At(now_ms)); }
  int Pop(int now_ms) { return queue_.Pop(At(now_ms)).item; }

  ReadyQueue<int> queue_{milliseconds(50)};
};

TEST_F(ReadyQueueTest, TakesNothingWhileNoRequestIsLate) {
  EXPECT_FALSE(queue_.Takes(milliseconds(0)));
  EXPECT_FALSE(queue_.Takes(milliseconds(50)));
}

TEST_F(ReadyQueueTest, TakesEverythingFromALateRequestUntilItIsEmpty) {
  EXPECT_TRUE(queue_.Takes(milliseconds(51)));
  Push(1, 0, 51);
  EXPECT_TRUE(queue_.Takes(milliseconds(0)));
  Push(2, 51, 51);
  Pop(51);
  EXPECT_TRUE(queue_.Takes(milliseconds(0)));
  Pop(51);
  EXPECT_TRUE(queue_.empty());
  EXPECT_FALSE(queue_.Takes(milliseconds(0)));
}

TEST_F(ReadyQueueTest, TheOverloadGoesOnWhileMoreCome) {
  EXPECT_TRUE(queue_.Takes(milliseconds(51)));
  Push(1, 0, 10);
  Push(2, 0, 10);
  queue_.Pop(At(10), true);
  queue_.Pop(At(13), true);  // after 3 ms of work; nobody is left
  EXPECT_TRUE(queue_.Takes(milliseconds(0)));
  for (int i = 0; i < 5; ++i) Push(i, 40, 40);
  EXPECT_TRUE(queue_.IsFull());  // the pace is still known: 15 ms, a quarter of 50 is 12.5
  while (!queue_.empty()) queue_.Pop(At(40), false);
  EXPECT_FALSE(queue_.Takes(milliseconds(0)));
}

TEST_F(ReadyQueueTest, GivesTheNewestFirst) {
  Push(1, 0, 10);
  Push(3, 8, 10);
  Push(2, 5, 10);
  EXPECT_EQ(Pop(10), 3);
  EXPECT_EQ(Pop(10), 2);
  EXPECT_EQ(Pop(10), 1);
}

TEST_F(ReadyQueueTest, GivesTheLateBeforeTheNewestTheOldestFirst) {
  Push(2, 9, 10);
  Push(1, 0, 10);
  Push(3, 40, 40);
  EXPECT_EQ(Pop(60), 1);
  EXPECT_EQ(Pop(60), 2);
  EXPECT_EQ(Pop(60), 3);
}

TEST_F(ReadyQueueTest, GivesTheOldestFirstOnceAllCanBeAnsweredInTime) {
  for (int i = 0; i < 20; ++i) Push(i, i, 20);
  EXPECT_EQ(Pop(20), 19);  // nothing is known of the pace yet
  EXPECT_EQ(Pop(22), 18);  // 19 at 2 ms each: more than three quarters of 50 ms
  EXPECT_EQ(Pop(24), 0);
  Push(20, 24, 24);
  EXPECT_EQ(Pop(25), 1);  // a new one does not overtake
}

TEST_F(ReadyQueueTest, ThePaceIsThatOfAnswersNotOfRefusals) {
  for (int i = 0; i < 100; ++i) Push(i, 0, 60);
  for (int i = 0; i < 30; ++i) Push(100 + i, 60, 60);
  for (int i = 0; i < 100; ++i) EXPECT_LT(Pop(60), 100) << i;  // late, and done with at once
  EXPECT_EQ(Pop(60), 129);
  EXPECT_EQ(Pop(65), 128);
  EXPECT_EQ(Pop(70), 127);
}

TEST_F(ReadyQueueTest, IsFullWhenWhatIsHereTakesAQuarterOfTheTime) {
  for (int i = 0; i < 9; ++i) Push(i, 20, 20);
  EXPECT_FALSE(queue_.IsFull());  // nothing is known of the pace yet
  Pop(20);
  EXPECT_FALSE(queue_.IsFull());
  Pop(22);
  EXPECT_TRUE(queue_.IsFull());  // 7 at 2 ms each
  Pop(24);
  EXPECT_FALSE(queue_.IsFull());  // 6
}

TEST_F(ReadyQueueTest, IsNotFullWithoutARequestAndForgetsThePaceThen) {
  for (int i = 0; i < 3; ++i) Push(i, 0, 0);
  Pop(0);
  Pop(40);
  EXPECT_TRUE(queue_.IsFull());  // one, but a long one by what is known
  Pop(45);
  EXPECT_FALSE(queue_.IsFull());
  Push(3, 45, 45);
  Push(4, 45, 45);
  EXPECT_FALSE(queue_.IsFull());
}

TEST_F(ReadyQueueTest, CountsTheWaitFromTheArrival) {
  Push(1, 0, 10);
  EXPECT_EQ(queue_.Pop(At(30)).waited, milliseconds(30));
}

TEST(ReadyQueue, CanBeOff) { EXPECT_FALSE(ReadyQueue<int>(milliseconds(0)).Takes(milliseconds(1000000))); }

}  // namespace
}  // namespace valence::net
