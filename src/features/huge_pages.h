// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace valence::features::internal {

/// Memory for big tables that are read all over: asks the kernel for 2 MB pages, without which nearly every read also
/// misses the address translation cache. A hint: where it is refused, all works as before.
template <class T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    void* const memory = ::operator new(bytes, AlignmentFor(bytes));
    if (bytes >= kPageBytes) madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) { ::operator delete(memory, AlignmentFor(n * sizeof(T))); }

  template <class U>
  bool operator==(const HugePageAllocator<U>&) const {
    return true;
  }

 private:
  static constexpr std::size_t kPageBytes = std::size_t{1} << 21;
  static std::align_val_t AlignmentFor(std::size_t bytes) {
    return std::align_val_t(bytes >= kPageBytes ? kPageBytes : alignof(std::max_align_t));
  }
};

template <class T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace valence::features::internal
