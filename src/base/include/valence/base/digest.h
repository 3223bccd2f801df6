// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace valence {

/// Running digest over bytes (OpenSSL). Move-only, not thread-safe.
class Digest {
 public:
  enum class Algorithm { kSha256, kSha512 };
  explicit Digest(Algorithm algorithm);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  void Update(std::string_view bytes);
  /// The raw digest bytes; ends the computation.
  std::string Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Lower-case hexadecimal SHA-256.
std::string Sha256Hex(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104), the 32 raw bytes.
std::string HmacSha256(std::string_view key, std::string_view bytes);

/// Lower-case hexadecimal of raw bytes.
std::string ToHex(std::string_view bytes);

/// Standard base64 with padding (as npm's integrity fields use).
std::string ToBase64(std::string_view bytes);

}  // namespace valence
