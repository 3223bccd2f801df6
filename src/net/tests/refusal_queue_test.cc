// SPDX-License-Identifier: Apache-2.0
#include "valence/net/refusal_queue.h"

#include <gtest/gtest.h>

#include <memory>

namespace valence::net {
namespace {

using std::chrono::microseconds;
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
  EXPECT_EQ(queue.TimeFor(At(50), true), milliseconds(1));
  queue.Use(milliseconds(1));
  EXPECT_EQ(queue.TimeFor(At(550), true), milliseconds(10));
}

TEST(RefusalQueue, WhatWasUsedTooMuchIsMadeUpFor) {
  Queue queue;
  queue.Push(nullptr, At(0));
  queue.Push(nullptr, At(0), microseconds(500));
  EXPECT_EQ(queue.TimeFor(At(50), true), microseconds(500));
  queue.Use(milliseconds(1));
  EXPECT_EQ(queue.TimeFor(At(75), true), microseconds(0));
  queue.Push(nullptr, At(75), milliseconds(30));  // but not for ever
  EXPECT_EQ(queue.TimeFor(At(125), true), milliseconds(0));
}

TEST(RefusalQueue, TakesMoreWhileTheOldestHasWaitedForASecond) {
  Queue queue;
  queue.Push(nullptr, At(0));
  queue.Push(nullptr, At(10));
  EXPECT_EQ(queue.TimeFor(At(1001), true), microseconds(100'100));
  queue.Use(microseconds(100'100));
  queue.Pop();
  EXPECT_EQ(queue.TimeFor(At(1010), true), microseconds(180));
}

TEST(RefusalQueue, TakesMoreWhileNobodyElseWaits) {
  Queue queue;
  queue.Push(nullptr, At(0));
  EXPECT_EQ(queue.TimeFor(At(16), false), milliseconds(1));
}

TEST(RefusalQueue, KnowsNothingOfTheTimeWhenItWasEmpty) {
  Queue queue;
  queue.Push(nullptr, At(0));
  queue.Use(milliseconds(5));
  queue.Pop();
  queue.Push(nullptr, At(500));
  EXPECT_EQ(queue.TimeFor(At(550), true), milliseconds(1));
}

}  // namespace
}  // namespace valence::net
