// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "valence/base/utf8.h"

namespace valence::text {

inline bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// The end of the longest run of characters from `position` on for which `is_member` holds.
template <class Predicate>
std::size_t EndOfRun(std::string_view text, std::size_t position, Predicate is_member) {
  while (position < text.size()) {
    const utf8::Decoded d = utf8::Decode(text.data() + position);
    if (!is_member(d.code_point)) break;
    position += d.length;
  }
  return position;
}

/// The start of the character that ends before `position` > 0.
inline std::size_t PreviousChar(std::string_view text, std::size_t position) {
  do --position;
  while ((static_cast<unsigned char>(text[position]) & 0xC0) == 0x80);
  return position;
}

/// The code point of the character that ends before `position` > 0.
inline char32_t CharBefore(std::string_view text, std::size_t position) {
  return utf8::Decode(text.data() + PreviousChar(text, position)).code_point;
}

}  // namespace valence::text
