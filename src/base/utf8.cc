// SPDX-License-Identifier: Apache-2.0
#include "valence/base/utf8.h"

#include <simdjson.h>

#include <algorithm>

#include "valence/base/check.h"

namespace valence::utf8 {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Sequence {
  std::size_t length = 0;  // if ill-formed: the maximal subpart (Unicode 15, section 3.9), at least 1
  bool well_formed = false;
};

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The sequence at the start of non-empty `bytes`, by the Unicode standard's table 3-7.
Sequence Next(std::string_view bytes) {
  const auto byte = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Only the second byte has special bounds: they rule out overlong forms, surrogates and code points past U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (bytes.size() < 2 || byte(1) < low || byte(1) > high) return {1, false};
  for (std::size_t i = 2; i < length; ++i) {
    if (i >= bytes.size() || !IsContinuation(bytes[i])) return {i, false};
  }
  return {length, true};
}

}  // namespace

std::optional<std::size_t> FindInvalid(std::string_view bytes) {
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::nullopt;
  for (std::size_t at = 0; at < bytes.size();) {
    const Sequence sequence = Next(bytes.substr(at));
    if (!sequence.well_formed) return at;
    at += sequence.length;
  }
  return std::nullopt;
}

void Append(char32_t code_point, std::string* out) {
  VALENCE_CHECK(code_point < 0xD800 || (code_point > 0xDFFF && code_point <= 0x10FFFF), "not a Unicode scalar value");
  const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  const auto put_continuation = [&](int shift) { put(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put_continuation(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put_continuation(6);
    put_continuation(0);
  } else {
    put(0xF0 | (code_point >> 18));
    put_continuation(12);
    put_continuation(6);
    put_continuation(0);
  }
}

std::size_t Length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string_view Truncate(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

std::string Repair(std::string_view bytes) {
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::string(bytes);
  std::string repaired;
  repaired.reserve(bytes.size() + kReplacement.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const Sequence sequence = Next(bytes.substr(at));
    repaired.append(sequence.well_formed ? bytes.substr(at, sequence.length) : kReplacement);
    at += sequence.length;
  }
  return repaired;
}

}  // namespace valence::utf8
