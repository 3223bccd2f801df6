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

/// A fixed-size array of zeros, on huge pages where the kernel has them: probes into a table of megabytes then cost no
/// page-table walks, and filling it few page faults. Memory appears as it is touched, so several threads that fill
/// parts of an array also share the work of clearing it. Move-only.
template <class T>
class BigArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  BigArray() = default;
  explicit BigArray(std::size_t size) : size_(size) {
    if (size == 0) return;
    const std::size_t bytes = size * sizeof(T);
    const bool huge = bytes >= kHugeFrom;
    const std::size_t used_bytes = huge ? (bytes + kHugePage - 1) / kHugePage * kHugePage : bytes;
    mapped_bytes_ = huge ? used_bytes + kHugePage : used_bytes;
    base_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) {
      base_ = nullptr;
      throw std::bad_alloc();
    }
    auto address = reinterpret_cast<std::uintptr_t>(base_);
    if (huge) address = (address + kHugePage - 1) / kHugePage * kHugePage;
    data_ = reinterpret_cast<T*>(address);
    // Advice only: without huge pages everything works, a little slower. To the end of the last one: the rest of an
    // array is as much as the whole to who touches it page by page.
    if (huge) ::madvise(data_, used_bytes, MADV_HUGEPAGE);
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
  static constexpr std::size_t kHugeFrom = kHugePage / 4;  // below, clearing 2 MB costs more than the page faults

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
