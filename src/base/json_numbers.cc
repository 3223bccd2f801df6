// SPDX-License-Identifier: Apache-2.0
#include "valence/base/json_numbers.h"

#include <charconv>
#include <cstdint>

namespace valence {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

template <class Integer>
bool Holds(std::string_view digits) {
  Integer value{};
  return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
}

/// The end of the string whose opening quote is at `at`.
std::size_t EndOfString(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at + 1;
}

/// The end of the number that begins at `at`.
std::size_t EndOfNumber(std::string_view json, std::size_t at) {
  const std::size_t end = json.find_first_not_of("0123456789+-.eE", at);
  return end == std::string_view::npos ? json.size() : end;
}

bool IsWideInteger(std::string_view number) {
  const bool is_whole = number.find_first_of(".eE") == std::string_view::npos;
  return is_whole && !Holds<std::int64_t>(number) && !Holds<std::uint64_t>(number);
}

}  // namespace

std::optional<std::string> WideIntegersAsDoubles(std::string_view json) {
  std::string changed;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = EndOfString(json, at);
    } else if (json[at] == '-' || IsDigit(json[at])) {
      const std::size_t end = EndOfNumber(json, at);
      if (IsWideInteger(json.substr(at, end - at))) {
        changed.append(json.substr(copied, end - copied)).append("e0");
        copied = end;
      }
      at = end;
    } else {
      ++at;
    }
  }
  if (copied == 0) return std::nullopt;
  return std::move(changed.append(json.substr(copied)));
}

}  // namespace valence
