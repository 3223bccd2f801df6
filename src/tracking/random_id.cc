// SPDX-License-Identifier: Apache-2.0
#include "random_id.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace valence::tracking {

std::string NewUuidHex() {
  std::random_device random;
  const auto bits64 = [&random] { return (std::uint64_t{random()} << 32) | random(); };
  // RFC 9562: version 4 in bits 48-51, variant binary 10 in bits 64-65.
  const std::uint64_t high = (bits64() & ~std::uint64_t{0xF000}) | 0x4000;
  const std::uint64_t low = (bits64() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);
  return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace valence::tracking
