// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace valence::text {

/// True if `word` is one of NLTK's 198 English stop words (lower case only, as there). Thread-safe.
bool IsStopWord(std::string_view word);
/// The same for callers that have HashToken(word) already.
bool IsStopWord(std::string_view word, std::uint64_t hash);

/// The list, in NLTK's order. (scikit-learn's list of 318 is another one.)
std::span<const std::string_view> StopWords();

}  // namespace valence::text
