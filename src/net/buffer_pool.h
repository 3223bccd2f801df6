// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace valence::net {

/// The buffers that connections receive into, as long as nothing takes more. Who has received nothing holds none, and
/// the one that was in use last, which the caches hold, is the next to be used. One thread only.
class BufferPool {
 public:
  using Buffer = std::unique_ptr<char[]>;
  static constexpr std::size_t kSize = std::size_t{4} << 10;  ///< a review with its header
  static constexpr std::size_t kMostKept = 64;

  BufferPool() { kept_.reserve(kMostKept); }

  Buffer Take() {
    if (kept_.empty()) return std::make_unique_for_overwrite<char[]>(kSize);
    Buffer buffer = std::move(kept_.back());
    kept_.pop_back();
    return buffer;
  }
  void Return(Buffer buffer) noexcept {
    if (kept_.size() < kMostKept) kept_.push_back(std::move(buffer));
  }
  std::size_t kept() const { return kept_.size(); }

 private:
  std::vector<Buffer> kept_;
};

}  // namespace valence::net
