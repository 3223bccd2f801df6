// SPDX-License-Identifier: Apache-2.0
// html.unescape of Python 3.11 (Lib/html/__init__.py): HTML5's rules, also for what browsers repair.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

#include "rewrites.h"
#include "scan.h"

namespace valence::text {
namespace {

struct Entity {
  std::string_view name;  ///< without '&'; with ';' unless HTML5 allows it without
  std::string_view value;
};

#include "html_entities.inc"

constexpr std::size_t kLongestName = 32;
constexpr std::uint32_t kNoCodePoint = 0x110000;

// What 0x80 to 0x9F stand for: the characters of Windows-1252; its five holes stand for themselves.
constexpr char32_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                       0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                       0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                       0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

bool IsDecimal(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDecimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
std::uint32_t HexValue(char c) { return static_cast<std::uint32_t>(IsDecimal(c) ? c - '0' : (c | 0x20) - 'a' + 10); }

// Code points that a numeric reference cannot make: they vanish.
bool IsForbidden(std::uint32_t c) {
  const bool control = (c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) || (c >= 0x7F && c <= 0x9F);
  const bool noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
  return control || noncharacter;
}

void AppendNumeric(std::uint32_t c, std::string* out) {
  constexpr char32_t kReplacement = 0xFFFD;
  if (c == 0) return utf8::Append(kReplacement, out);
  if (c >= 0x80 && c <= 0x9F) return utf8::Append(kWindows1252[c - 0x80], out);
  if ((c >= 0xD800 && c <= 0xDFFF) || c >= kNoCodePoint) return utf8::Append(kReplacement, out);
  if (!IsForbidden(c)) utf8::Append(c, out);
}

// Each Match function: `text` starts with '&'. Returns the bytes used and appends what they stand for, or returns 0.
std::size_t MatchNumeric(std::string_view text, std::string* value) {
  const bool hex = text.size() > 2 && (text[2] | 0x20) == 'x';
  const std::size_t first = hex ? 3 : 2;
  std::size_t end = first;
  std::uint32_t number = 0;
  for (; end < text.size() && (hex ? IsHex(text[end]) : IsDecimal(text[end])); ++end) {
    number = std::min(number * (hex ? 16 : 10) + HexValue(text[end]), kNoCodePoint);
  }
  if (end == first) return 0;
  if (end < text.size() && text[end] == ';') ++end;
  AppendNumeric(number, value);
  return end;
}

const Entity* FindEntity(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                       [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  return found != std::end(kEntities) && found->name == name ? found : nullptr;
}

bool EndsName(char32_t c) {
  return c == '\t' || c == '\n' || c == '\f' || c == ' ' || c == '<' || c == '&' || c == '#' || c == ';';
}

// The longest known name that the candidate starts with; HTML5 knows some without ';'. Returns 0 when none fits, even
// though Python steps over the whole candidate then: nothing inside it could be another '&'.
std::size_t MatchNamed(std::string_view text, std::string* value) {
  std::size_t end = 1;
  for (std::size_t count = 0; count < kLongestName && end < text.size(); ++count) {
    const utf8::Decoded d = utf8::Decode(text.data() + end);
    if (EndsName(d.code_point)) break;
    end += d.length;
  }
  if (end > 1 && end < text.size() && text[end] == ';') ++end;
  for (std::string_view name = text.substr(1, end - 1); name.size() > 1; name.remove_suffix(1)) {
    const Entity* entity = FindEntity(name);
    if (entity == nullptr) continue;
    value->append(entity->value);
    return 1 + name.size();
  }
  return 0;
}

std::size_t MatchReference(std::string_view text, std::string* value) {
  if (text.size() < 2) return 0;
  return text[1] == '#' ? MatchNumeric(text, value) : MatchNamed(text, value);
}

}  // namespace

void UnescapeHtml(std::string_view text, Sink& out) {
  std::string value;
  std::size_t copied = 0;
  for (std::size_t i = text.find('&'); i != std::string_view::npos;) {
    value.clear();
    const std::size_t length = MatchReference(text.substr(i), &value);
    if (length != 0) {
      out.Copy(copied, i);
      out.Emit(value, i, i + length);
      copied = i + length;
    }
    i = text.find('&', i + std::max<std::size_t>(length, 1));
  }
  out.Copy(copied, text.size());
}

}  // namespace valence::text
