// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sink.h"

/// Steps that map each character on its own to zero or more characters. The one exception is the capital sigma, whose
/// lower case depends on its neighbours.
namespace valence::text {

/// Appends what a step makes of `c`. For kCapitalSigma, LowercaseChar gives the small sigma.
using CharMap = void (*)(char32_t c, std::u32string* out);

void LowercaseChar(char32_t c, std::u32string* out);
void LowercaseAsciiChar(char32_t c, std::u32string* out);
void RemoveDigitsChar(char32_t c, std::u32string* out);
void ReplacePunctuationChar(char32_t c, std::u32string* out);
void SplitPunctuationChar(char32_t c, std::u32string* out);
void RemoveArabicSemicolonChar(char32_t c, std::u32string* out);
/// The character itself: fold_whitespace, seen through a tokeniser that cuts at white space anyway.
void KeepChar(char32_t c, std::u32string* out);

/// The same over whole texts.
void Lowercase(std::string_view text, Sink& out);
void LowercaseAscii(std::string_view text, Sink& out);
void RemoveDigits(std::string_view text, Sink& out);
void ReplacePunctuation(std::string_view text, Sink& out);
void SplitPunctuation(std::string_view text, Sink& out);
void RemoveArabicSemicolon(std::string_view text, Sink& out);

}  // namespace valence::text
