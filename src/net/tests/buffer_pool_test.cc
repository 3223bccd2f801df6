// SPDX-License-Identifier: Apache-2.0
#include "buffer_pool.h"

#include <gtest/gtest.h>

namespace valence::net {
namespace {

TEST(BufferPool, GivesTheBufferThatWasInUseLast) {
  BufferPool pool;
  auto first = pool.Take();
  auto second = pool.Take();
  const char* const last = first.get();
  EXPECT_NE(last, second.get());
  pool.Return(std::move(second));
  pool.Return(std::move(first));
  EXPECT_EQ(pool.Take().get(), last);
}

TEST(BufferPool, KeepsNoMoreThanItsMost) {
  BufferPool pool;
  std::vector<BufferPool::Buffer> all;
  for (std::size_t i = 0; i < BufferPool::kMostKept + 10; ++i) all.push_back(pool.Take());
  for (auto& buffer : all) pool.Return(std::move(buffer));
  EXPECT_EQ(pool.kept(), BufferPool::kMostKept);
}

}  // namespace
}  // namespace valence::net
