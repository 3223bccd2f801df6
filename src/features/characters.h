// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

/// Text as single characters (code points), for the analyzers char and char_wb. All append to *tokens; text is
/// well-formed UTF-8.
namespace valence::features::internal {

/// Each code point.
void AppendCodePoints(std::string_view text, std::vector<std::string_view>* tokens);

/// Each code point, but `space` for a run of two or more white-space characters: scikit-learn's _char_ngrams after
/// `re.sub(r"\s\s+", " ", text)`.
void AppendCharacters(std::string_view text, std::string_view space, std::vector<std::string_view>* tokens);

/// For each word of text.split(): `space`, its code points, `space`, and an empty token. scikit-learn's
/// _char_wb_ngrams.
void AppendPaddedWords(std::string_view text, std::string_view space, std::vector<std::string_view>* tokens);

}  // namespace valence::features::internal
