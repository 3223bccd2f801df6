// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "valence/base/json.h"
#include "valence/base/numbers.h"
#include "valence/base/utf8.h"

namespace valence {
namespace {

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
      *out += "\\\"";
      return;
    case '\\':
      *out += "\\\\";
      return;
    case '\b':
      *out += "\\b";
      return;
    case '\f':
      *out += "\\f";
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<unsigned>(c));
  }
}

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

bool IsPlain(char c) { return static_cast<signed char>(c) >= 0x20 && !NeedsEscape(c); }

// IsPlain for all bytes of a word, by arithmetic on all at once (Warren, "Hacker's Delight", section 6-1).
template <class Word>
bool AreAllPlain(const char* bytes) {
  constexpr Word kEach = static_cast<Word>(~Word{0}) / 0xFF;
  constexpr Word kUpperBits = kEach * 0x80;
  const auto has_less = [](Word word, Word limit) { return (word - kEach * limit) & ~word; };
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  const Word flaws = word | has_less(word, 0x20) | has_less(word ^ kEach * '"', 1) | has_less(word ^ kEach * '\\', 1);
  return (flaws & kUpperBits) == 0;
}

// "[a,b]" and "{...}" alike: `append_item(i)` writes the i-th item.
template <class AppendItem>
void AppendContainer(char open, char close, std::size_t count, int indent, int depth, std::string* out,
                     AppendItem append_item) {
  const auto new_line = [&](int level) {
    if (indent >= 0)
      out->append(1, '\n').append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(level), ' ');
  };
  out->push_back(open);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out->push_back(',');
    new_line(depth + 1);
    append_item(i);
  }
  if (count > 0) new_line(depth);
  out->push_back(close);
}

}  // namespace

// Most strings are short: the last bytes of all but the shortest are looked at by a word that begins before them.
bool IsPlainInJson(std::string_view text) {
  const char* const begin = text.data();
  if (text.size() >= 8) {
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
      if (!AreAllPlain<std::uint64_t>(begin + i)) return false;
    }
    return AreAllPlain<std::uint64_t>(begin + text.size() - 8);
  }
  if (text.size() >= 4) {
    return AreAllPlain<std::uint32_t>(begin) && AreAllPlain<std::uint32_t>(begin + text.size() - 4);
  }
  return std::all_of(text.begin(), text.end(), IsPlain);
}

void AppendJsonString(std::string_view text, std::string* out) {
  if (IsPlainInJson(text)) {
    out->push_back('"');
    out->append(text).push_back('"');
    return;
  }
  if (!utf8::IsValid(text)) return AppendJsonString(utf8::Repair(text), out);
  out->push_back('"');
  std::size_t plain = 0;  // start of the run not yet copied
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!NeedsEscape(text[i])) continue;
    out->append(text, plain, i - plain);
    AppendEscaped(text[i], out);
    plain = i + 1;
  }
  out->append(text, plain);
  out->push_back('"');
}

void AppendJsonNumber(double value, std::string* out) { *out += std::isfinite(value) ? FormatDouble(value) : "null"; }

std::string Json::Dump(int indent) const {
  std::string out;
  DumpTo(&out, indent, 0);
  return out;
}

void Json::DumpTo(std::string* out, int indent, int depth) const {
  if (is_null()) {
    *out += "null";
  } else if (is_bool()) {
    *out += boolean() ? "true" : "false";
  } else if (is_int()) {
    fmt::format_to(std::back_inserter(*out), "{}", integer());
  } else if (is_number()) {
    AppendJsonNumber(number(), out);
  } else if (is_string()) {
    AppendJsonString(string(), out);
  } else if (is_array()) {
    AppendContainer('[', ']', array().size(), indent, depth, out,
                    [&](std::size_t i) { array()[i].DumpTo(out, indent, depth + 1); });
  } else {
    AppendContainer('{', '}', object().size(), indent, depth, out, [&](std::size_t i) {
      AppendJsonString(object()[i].first, out);
      *out += indent >= 0 ? ": " : ":";
      object()[i].second.DumpTo(out, indent, depth + 1);
    });
  }
}

}  // namespace valence
