// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace valence::utf8 {

/// Offset of the first byte that is not well-formed UTF-8 (overlong, surrogate, > U+10FFFF or cut short count as
/// ill-formed), or nullopt if all of `bytes` is well-formed.
std::optional<std::size_t> FindInvalid(std::string_view bytes);

inline bool IsValid(std::string_view bytes) { return !FindInvalid(bytes).has_value(); }

struct Decoded {
  char32_t code_point = 0;
  std::uint32_t length = 0;  ///< bytes used, 1 to 4
};

/// The code point starting at `p`. Requires well-formed UTF-8 and p < end.
inline Decoded Decode(const char* p) {
  const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const char32_t b0 = byte(0);
  if (b0 < 0x80) return {b0, 1};
  if (b0 < 0xE0) return {((b0 & 0x1F) << 6) | (byte(1) & 0x3Fu), 2};
  if (b0 < 0xF0) return {((b0 & 0x0F) << 12) | ((byte(1) & 0x3Fu) << 6) | (byte(2) & 0x3Fu), 3};
  return {((b0 & 0x07) << 18) | ((byte(1) & 0x3Fu) << 12) | ((byte(2) & 0x3Fu) << 6) | (byte(3) & 0x3Fu), 4};
}

/// Appends `code_point` to `out`. Requires a Unicode scalar value.
void Append(char32_t code_point, std::string* out);

/// Number of code points in well-formed UTF-8.
std::size_t Length(std::string_view text);

/// The longest prefix of at most `max_bytes` that does not cut a code point.
std::string_view Truncate(std::string_view text, std::size_t max_bytes);

/// `bytes` with each ill-formed sequence replaced by U+FFFD (maximal subparts, as Python's errors="replace").
std::string Repair(std::string_view bytes);

}  // namespace valence::utf8
