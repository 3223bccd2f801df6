// SPDX-License-Identifier: Apache-2.0
#include "valence/linalg/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

namespace valence::linalg {
namespace {

using ::testing::ElementsAre;
using Piece = std::tuple<std::size_t, std::size_t, std::size_t>;

class Parallel : public ::testing::Test {
 protected:
  ~Parallel() override { SetThreads(0); }
};

std::vector<Piece> Pieces(std::size_t n, std::size_t chunks) {
  std::vector<Piece> pieces(chunks);
  std::atomic<std::size_t> calls{0};
  ParallelFor(n, chunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    pieces[chunk] = {chunk, begin, end};
    ++calls;
  });
  pieces.resize(calls);
  return pieces;
}

TEST_F(Parallel, CutsIntoNearlyEqualConsecutivePieces) {
  EXPECT_THAT(Pieces(10, 4), ElementsAre(Piece{0, 0, 3}, Piece{1, 3, 6}, Piece{2, 6, 8}, Piece{3, 8, 10}));
}

TEST_F(Parallel, MakesNoEmptyPieces) {
  EXPECT_THAT(Pieces(2, 5), ElementsAre(Piece{0, 0, 1}, Piece{1, 1, 2}));
  EXPECT_TRUE(Pieces(0, 5).empty());
}

TEST_F(Parallel, CutsTheSamePiecesAtAnyThreadCount) {
  SetThreads(1);
  const auto expected = Pieces(1001, 17);
  for (const int threads : {2, 5, 40}) {
    SetThreads(threads);
    EXPECT_EQ(Pieces(1001, 17), expected);
  }
}

TEST_F(Parallel, UsesSeveralThreads) {
  SetThreads(3);
  std::atomic<int> arrived{0};
  // Each body waits for the other two, so this ends only if three threads run at once.
  ParallelFor(3, 3, [&](std::size_t, std::size_t, std::size_t) {
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 3);
}

TEST_F(Parallel, RunsNestedCallsInTheCallingThread) {
  SetThreads(4);
  std::atomic<int> strangers{0};
  std::atomic<int> bodies{0};
  ParallelFor(4, 4, [&](std::size_t, std::size_t, std::size_t) {
    const auto self = std::this_thread::get_id();
    ParallelFor(8, 8, [&](std::size_t, std::size_t, std::size_t) {
      ++bodies;
      if (std::this_thread::get_id() != self) ++strangers;
    });
  });
  EXPECT_EQ(bodies, 32);
  EXPECT_EQ(strangers, 0);
}

TEST_F(Parallel, StaysParallelAfterANestedCall) {
  SetThreads(2);
  std::atomic<int> arrived{0};
  ParallelFor(2, 2, [&](std::size_t, std::size_t, std::size_t) {
    ParallelFor(2, 2, [](std::size_t, std::size_t, std::size_t) {});
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST_F(Parallel, ServesManyCallersAtOnce) {
  SetThreads(3);
  std::atomic<std::size_t> items{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        ParallelFor(100, 10, [&](std::size_t, std::size_t begin, std::size_t end) { items += end - begin; });
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(items, 4U * 200U * 100U);
}

TEST_F(Parallel, SumsToTheSameBytesAtAnyThreadCount) {
  const auto harmonic = [](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += 1.0 / (1.0 + static_cast<double>(i));
    return sum;
  };
  SetThreads(1);
  const double serial = ParallelSum(100003, harmonic);
  EXPECT_NEAR(serial, 12.0901761, 1e-6);  // ln(100003) + 0.5772157 + 1/(2*100003)
  for (const int threads : {2, 5}) {
    SetThreads(threads);
    for (int round = 0; round < 20; ++round) EXPECT_EQ(ParallelSum(100003, harmonic), serial);
  }
}

TEST_F(Parallel, TakesEveryCoreForZeroThreads) {
  SetThreads(3);
  EXPECT_EQ(Threads(), 3);
  SetThreads(0);
  EXPECT_GE(Threads(), 1);
}

}  // namespace
}  // namespace valence::linalg
