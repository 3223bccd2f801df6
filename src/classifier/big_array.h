// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace valence::classifier {

/// A fixed-size array of zeros on huge pages where the kernel has them: probes into a table of megabytes then cost no
/// page-table walks, and loading a model few page faults. Move-only.
template <class T>
class BigArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  BigArray() = default;
  explicit BigArray(std::size_t size) : size_(size), mapped_bytes_(size * sizeof(T) + kHugePage) {
    if (size == 0) return;
    base_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) {
      base_ = nullptr;
      throw std::bad_alloc();
    }
    const auto address = reinterpret_cast<std::uintptr_t>(base_);
    data_ = reinterpret_cast<T*>((address + kHugePage - 1) / kHugePage * kHugePage);
    if (size * sizeof(T) < kHugePage) return;
    // Advice only: without huge pages, or made page by page, everything works, a little slower.
    ::madvise(data_, size * sizeof(T), MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    ::madvise(data_, size * sizeof(T), MADV_POPULATE_WRITE);
#endif
  }
  BigArray(BigArray&& other) noexcept { Swap(other); }
  BigArray& operator=(BigArray&& other) noexcept {
    Swap(other);
    return *this;
  }
  ~BigArray() {
    if (base_ != nullptr) ::munmap(base_, mapped_bytes_);
  }

  std::size_t size() const { return size_; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  void Swap(BigArray& other) {
    std::swap(base_, other.base_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_bytes_, other.mapped_bytes_);
  }

  void* base_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace valence::classifier
