// SPDX-License-Identifier: Apache-2.0
#include "guard/rate_limiter.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace valence::serving {
namespace {

using std::chrono::milliseconds;

TokenBucket::Clock::time_point At(int ms) { return TokenBucket::Clock::time_point(milliseconds(100'000 + ms)); }

TEST(TokenBucket, HoldsOneSecondsWorth) {
  TokenBucket bucket;
  for (int i = 0; i < 4; ++i) {
    const auto grant = bucket.Take(4, At(0));
    EXPECT_TRUE(grant.granted);
    EXPECT_EQ(grant.remaining, 3 - i);
    EXPECT_EQ(grant.until_full, milliseconds(250 * (i + 1)));
  }
  const auto refused = bucket.Take(4, At(0));
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_EQ(refused.retry_after, milliseconds(250));
}

TEST(TokenBucket, FillsWithTimeAndNotWithRefusals) {
  TokenBucket bucket;
  for (int i = 0; i < 10; ++i) bucket.Take(2, At(0));
  EXPECT_FALSE(bucket.Take(2, At(499)).granted);
  EXPECT_TRUE(bucket.Take(2, At(500)).granted);
  EXPECT_FALSE(bucket.Take(2, At(500)).granted);
  EXPECT_EQ(bucket.Take(2, At(60'000)).remaining, 1);  // full, not more than full
}

TEST(TokenBucket, LookingTakesNothing) {
  TokenBucket bucket;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.Look(2, At(0)).granted);
  EXPECT_EQ(bucket.Take(2, At(0)).remaining, 1);
  bucket.Take(2, At(0));
  const auto seen = bucket.Look(2, At(100));
  const auto taken = bucket.Take(2, At(100));
  EXPECT_FALSE(seen.granted);
  EXPECT_EQ(seen.retry_after, taken.retry_after);
  EXPECT_EQ(seen.until_full, taken.until_full);
  EXPECT_TRUE(bucket.Look(2, At(500)).granted);
}

TEST(TokenBucket, BelowOneASecondStillHoldsOne) {
  TokenBucket bucket;
  EXPECT_TRUE(bucket.Take(0.1, At(0)).granted);
  const auto refused = bucket.Take(0.1, At(1000));
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.retry_after, milliseconds(9000));
}

TEST(TokenBucket, GivesExactlyItsTokensToManyThreads) {
  TokenBucket bucket;
  std::atomic<int> granted = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) granted += bucket.Take(1000, At(0)).granted ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(granted, 1000);
}

TEST(AddressLimiter, KeepsAddressesApart) {
  AddressLimiter limiter(1);
  EXPECT_TRUE(limiter.Take("192.0.2.1", At(0)).granted);
  EXPECT_FALSE(limiter.Take("192.0.2.1", At(0)).granted);
  int others = 0;
  for (int i = 2; i < 102; ++i) others += limiter.Take("192.0.2." + std::to_string(i), At(0)).granted ? 1 : 0;
  EXPECT_GE(others, 98);  // two of 100 may share one of 65,536 buckets; that three do has a probability below 1e-8
}

TEST(AddressLimiter, AnIpv6NetworkIsOneClient) {
  AddressLimiter limiter(1);
  EXPECT_TRUE(limiter.Take("2001:db8:1:2:3:4:5:6", At(0)).granted);
  EXPECT_FALSE(limiter.Take("2001:db8:1:2:ffff::1", At(0)).granted);
  EXPECT_TRUE(limiter.Take("2001:db8:1:3::1", At(0)).granted);
  EXPECT_TRUE(limiter.Take("::1", At(0)).granted);
}

TEST(RateHeaders, SayWhatIsLeftAndWhenToComeBack) {
  TokenBucket bucket;
  std::string headers;
  AppendRateHeaders(2, bucket.Take(2, At(0)), &headers);
  EXPECT_EQ(headers, "RateLimit-Limit: 2\r\nRateLimit-Remaining: 1\r\nRateLimit-Reset: 1\r\n");
  bucket.Take(2, At(0));
  headers.clear();
  AppendRateHeaders(2, bucket.Take(2, At(0)), &headers);
  EXPECT_EQ(headers, "RateLimit-Limit: 2\r\nRateLimit-Remaining: 0\r\nRateLimit-Reset: 1\r\nRetry-After: 1\r\n");
}

}  // namespace
}  // namespace valence::serving
