// SPDX-License-Identifier: Apache-2.0
#include "characters.h"

#include <array>

#include "scan.h"
#include "valence/text/unicode.h"

namespace valence::text {
namespace {

constexpr char32_t kArabicSemicolon = 0x61B;

bool IsAsciiUpper(char32_t c) { return c >= 'A' && c <= 'Z'; }

// string.punctuation: every printable ASCII character that is neither letter, digit nor space.
bool IsPunctuation(char32_t c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

// The marks of recipe R1 (Mesnil et al. 2014): tokens of their own; apostrophes and hyphens stay inside words.
bool IsSplitMark(char32_t c) {
  constexpr std::string_view kMarks = ".\",()!?;:";
  return c < 0x80 && kMarks.find(static_cast<char>(c)) != std::string_view::npos;
}

using AsciiSet = std::array<bool, 256>;

// Bytes that start a character which `map` changes; unknown (true) for all that are not ASCII.
AsciiSet AffectedBytes(CharMap map) {
  AsciiSet affected;
  affected.fill(true);
  std::u32string mapped;
  for (char32_t c = 0; c < 0x80; ++c) {
    mapped.clear();
    map(c, &mapped);
    affected[c] = mapped.size() != 1 || mapped[0] != c;
  }
  return affected;
}

// Copies runs of unaffected characters whole and emits what `map` makes of the others. `special` may rewrite a
// character of its own accord and then returns true.
template <class Special>
void MapCharacters(std::string_view text, CharMap map, const AsciiSet& affected, Special special, Sink& out) {
  std::size_t copied = 0;
  std::u32string mapped;
  std::string bytes;
  for (std::size_t i = 0; i < text.size();) {
    if (!affected[static_cast<unsigned char>(text[i])]) {
      ++i;
      continue;
    }
    const utf8::Decoded d = utf8::Decode(text.data() + i);
    mapped.clear();
    if (!special(d.code_point, i, &mapped)) map(d.code_point, &mapped);
    if (mapped.size() != 1 || mapped[0] != d.code_point) {
      bytes.clear();
      for (const char32_t c : mapped) utf8::Append(c, &bytes);
      if (copied < i) out.Copy(copied, i);
      if (!bytes.empty()) out.Emit(bytes, i, i + d.length);
      copied = i + d.length;
    }
    i += d.length;
  }
  if (copied < text.size()) out.Copy(copied, text.size());
}

void MapCharacters(std::string_view text, CharMap map, const AsciiSet& affected, Sink& out) {
  MapCharacters(
      text, map, affected, [](char32_t, std::size_t, std::u32string*) { return false; }, out);
}

}  // namespace

void LowercaseChar(char32_t c, std::u32string* out) {
  if (c == kCapitalIWithDot) {
    out->append(U"i\u0307");
  } else {
    out->push_back(LowerChar(c));
  }
}

void LowercaseAsciiChar(char32_t c, std::u32string* out) { out->push_back(IsAsciiUpper(c) ? c + ('a' - 'A') : c); }

void RemoveDigitsChar(char32_t c, std::u32string* out) {
  if (!IsDigit(c)) out->push_back(c);
}

void ReplacePunctuationChar(char32_t c, std::u32string* out) { out->push_back(IsPunctuation(c) ? U' ' : c); }

void SplitPunctuationChar(char32_t c, std::u32string* out) {
  if (!IsSplitMark(c)) return out->push_back(c);
  out->push_back(U' ');
  out->push_back(c);
  out->push_back(U' ');
}

void RemoveArabicSemicolonChar(char32_t c, std::u32string* out) {
  if (c != kArabicSemicolon) out->push_back(c);
}

void KeepChar(char32_t c, std::u32string* out) { out->push_back(c); }

void Lowercase(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(LowercaseChar);
  const auto sigma = [text](char32_t c, std::size_t position, std::u32string* mapped) {
    if (c != kCapitalSigma) return false;
    mapped->push_back(LowerSigma(text, position));
    return true;
  };
  MapCharacters(text, LowercaseChar, affected, sigma, out);
}

void LowercaseAscii(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(LowercaseAsciiChar);
  MapCharacters(text, LowercaseAsciiChar, affected, out);
}

void RemoveDigits(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(RemoveDigitsChar);
  MapCharacters(text, RemoveDigitsChar, affected, out);
}

void ReplacePunctuation(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(ReplacePunctuationChar);
  MapCharacters(text, ReplacePunctuationChar, affected, out);
}

void SplitPunctuation(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(SplitPunctuationChar);
  MapCharacters(text, SplitPunctuationChar, affected, out);
}

void RemoveArabicSemicolon(std::string_view text, Sink& out) {
  static const AsciiSet affected = AffectedBytes(RemoveArabicSemicolonChar);
  MapCharacters(text, RemoveArabicSemicolonChar, affected, out);
}

}  // namespace valence::text
