// SPDX-License-Identifier: Apache-2.0
#include "crc.h"

#include <array>
#include <cstring>

#include "crc_fold.h"
#include "valence/base/digest.h"

namespace valence::net::internal {

/// Slicing by 8: slice s, entry b is the check of byte b followed by s zeros.
struct Crc::Tables {
  std::uint64_t polynomial;  ///< reflected: the lowest bit is the highest power
  int bits;
  std::array<std::array<std::uint64_t, 256>, 8> slices{};
  CrcFold fold{};

  std::uint64_t Ones() const { return ~std::uint64_t{0} >> (64 - bits); }
  std::uint64_t One() const { return std::uint64_t{1} << (bits - 1); }  ///< x^0

  /// Product of two polynomials modulo the check's.
  std::uint64_t Multiply(std::uint64_t a, std::uint64_t b) const {
    std::uint64_t product = 0;
    for (std::uint64_t power = One(); power != 0; power >>= 1) {
      if ((a & power) != 0) product ^= b;
      b = (b >> 1) ^ ((b & 1) != 0 ? polynomial : 0);
    }
    return product;
  }

  /// x^exponent modulo the check's polynomial.
  std::uint64_t Power(std::uint64_t exponent) const {
    std::uint64_t power = One();
    std::uint64_t square = One() >> 1;
    for (; exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) power = Multiply(power, square);
      square = Multiply(square, square);
    }
    return power;
  }

  std::uint64_t UpdateBySlices(std::uint64_t crc, std::string_view bytes) const;

  Tables(std::uint64_t p, int b) : polynomial(p), bits(b) {
    fold = {Power(575) << (64 - bits), Power(511) << (64 - bits)};
    for (std::size_t byte = 0; byte < 256; ++byte) {
      std::uint64_t crc = byte;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
      slices[0][byte] = crc;
    }
    for (std::size_t slice = 1; slice < 8; ++slice) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::uint64_t before = slices[slice - 1][byte];
        slices[slice][byte] = (before >> 8) ^ slices[0][before & 0xff];
      }
    }
  }
};

std::optional<Crc> Crc::OfName(std::string_view name) {
  static const Tables kCrc32(0xEDB88320, 32);
  static const Tables kCrc32c(0x82F63B78, 32);
  static const Tables kCrc64Nvme(0x9A6C9329AC4BC9B5, 64);
  if (name == "crc32") return Crc(&kCrc32);
  if (name == "crc32c") return Crc(&kCrc32c);
  if (name == "crc64nvme") return Crc(&kCrc64Nvme);
  return std::nullopt;
}

std::uint64_t Crc::Tables::UpdateBySlices(std::uint64_t crc, std::string_view bytes) const {
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);  // little-endian, as are all machines we build for
    word ^= crc;
    crc = slices[7][word & 0xff] ^ slices[6][(word >> 8) & 0xff] ^ slices[5][(word >> 16) & 0xff] ^
          slices[4][(word >> 24) & 0xff] ^ slices[3][(word >> 32) & 0xff] ^ slices[2][(word >> 40) & 0xff] ^
          slices[1][(word >> 48) & 0xff] ^ slices[0][word >> 56];
    bytes.remove_prefix(8);
  }
  for (const char c : bytes) crc = (crc >> 8) ^ slices[0][(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return crc;
}

std::uint64_t Crc::Update(std::uint64_t crc, std::string_view bytes) const {
  static const bool kCanFold = CanFold();
  crc ^= tables_->Ones();
  const std::size_t blocks = bytes.size() / kFoldBytes * kFoldBytes;
  if (kCanFold && blocks > kFoldBytes) {
    const auto rest = FoldBlocks(tables_->fold, crc, bytes.data(), blocks);
    crc = tables_->UpdateBySlices(0, {rest.data(), rest.size()});
    bytes.remove_prefix(blocks);
  }
  return tables_->UpdateBySlices(crc, bytes) ^ tables_->Ones();
}

std::uint64_t Crc::Combine(std::uint64_t first, std::uint64_t second, std::uint64_t second_bytes) const {
  // Bytes behind a string multiply its polynomial by x^8 each.
  return tables_->Multiply(first, tables_->Power(8 * second_bytes)) ^ second;
}

std::string Crc::ToBase64(std::uint64_t crc) const {
  std::string bytes;
  for (int bit = tables_->bits - 8; bit >= 0; bit -= 8) bytes += static_cast<char>((crc >> bit) & 0xff);
  return valence::ToBase64(bytes);
}

}  // namespace valence::net::internal
