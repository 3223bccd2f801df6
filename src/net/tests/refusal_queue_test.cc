// SPDX-License-Identifier: Apache-2.0
#include "refusal_queue.h"

#include <gtest/gtest.h>

#include <memory>

namespace valence::net {
namespace {

using std::chrono::milliseconds;
using Queue = RefusalQueue<std::unique_ptr<int>>;

Queue::Clock::time_point At(int ms) { return Queue::Clock::time_point(milliseconds(1000 + ms)); }

TEST(RefusalQueue, GivesTheOldestFirst) {
  Queue queue;
  EXPECT_TRUE(queue.empty());
  for (const int i : {1, 2, 3}) queue.Push(std::make_unique<int>(i), At(i));
  for (const int i : {1, 2, 3}) EXPECT_EQ(*queue.Pop(), i);
  EXPECT_TRUE(queue.empty());
}

TEST(RefusalQueue, TakesASmallPartOfTheTime) {
  Queue queue;
  queue.Push(nullptr, At(0));
  EXPECT_EQ(queue.TimeFor(milliseconds(64), At(64)), milliseconds(1));
  EXPECT_EQ(queue.TimeFor(milliseconds(640), At(1000)), milliseconds(10));
}

TEST(RefusalQueue, TakesMoreWhileTheOldestHasWaitedForASecond) {
  Queue queue;
  queue.Push(nullptr, At(0));
  queue.Push(nullptr, At(10));
  EXPECT_EQ(queue.TimeFor(milliseconds(64), At(1001)), milliseconds(8));
  queue.Pop();
  EXPECT_EQ(queue.TimeFor(milliseconds(64), At(1001)), milliseconds(1));
}

}  // namespace
}  // namespace valence::net
