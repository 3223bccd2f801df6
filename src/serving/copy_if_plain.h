// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "valence/base/json.h"

namespace valence::serving {

/// CopyIfPlain writes so many bytes behind the text at most.
inline constexpr std::size_t kCopyStep = 32;

/// Copies `text` to `out` (and writes up to kCopyStep bytes behind it), and returns whether it is within quotes of JSON
/// as it stands (IsPlainInJson). `readable`, text.size() or more: so many bytes can be read from text.data() on. Most
/// terms are short, and where more can be read they are copied and looked at without a branch on their size.
inline bool CopyIfPlain(std::string_view text, std::size_t readable, char* out) {
  if (text.size() > kCopyStep || readable < kCopyStep) {
    std::copy(text.begin(), text.end(), out);
    return IsPlainInJson(text);
  }
  const auto size = static_cast<signed char>(text.size());
  using Half = signed char __attribute__((vector_size(kCopyStep / 2)));
  constexpr Half kPlaces = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const auto copy = [&](signed char begin) {
    Half bytes;
    std::memcpy(&bytes, text.data() + begin, sizeof bytes);
    std::memcpy(out + begin, &bytes, sizeof bytes);
    return ((bytes < 0x20) | (bytes == '"') | (bytes == '\\')) & (kPlaces + begin < size);
  };
  const Half flaws = copy(0) | copy(sizeof(Half));
  std::uint64_t words[2];
  std::memcpy(words, &flaws, sizeof words);
  return (words[0] | words[1]) == 0;
}

}  // namespace valence::serving
