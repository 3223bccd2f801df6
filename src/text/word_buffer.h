// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace valence::text {

/// Replaces *out by str.lower() of `word`, one element per character: stemmers count and compare characters.
void DecodeLower(std::string_view word, std::u32string* out);
/// Replaces *out by the UTF-8 of `word`.
void Encode(std::u32string_view word, std::string* out);

}  // namespace valence::text
