// SPDX-License-Identifier: Apache-2.0
#include "yaml_scalars.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/numbers.h"

namespace valence::internal {
namespace {

bool IsPlain(const Yaml& node) { return node.kind == Yaml::Kind::kScalar && !node.quoted; }

template <std::size_t n>
bool IsOneOf(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view WithoutSign(std::string_view text) {
  return !text.empty() && (text[0] == '+' || text[0] == '-') ? text.substr(1) : text;
}

// "0x1F" and "0o17", which have no sign in YAML.
std::optional<std::int64_t> ParseBased(std::string_view text, int base) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end || text.front() == '-') return std::nullopt;
  return value;
}

// Words that some YAML reader takes for a bool or null, in lower case.
constexpr std::array<std::string_view, 9> kReserved = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsSafeInside(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/'; }

}  // namespace

std::optional<bool> ScalarAsBool(const Yaml& node) {
  constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
  constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
  if (!IsPlain(node)) return std::nullopt;
  if (IsOneOf(node.scalar, kTrue)) return true;
  if (IsOneOf(node.scalar, kFalse)) return false;
  return std::nullopt;
}

std::optional<std::int64_t> ScalarAsInt(const Yaml& node) {
  if (!IsPlain(node)) return std::nullopt;
  const std::string_view text = node.scalar;
  if (text.size() > 2 && text.substr(0, 2) == "0x") return ParseBased(text.substr(2), 16);
  if (text.size() > 2 && text.substr(0, 2) == "0o") return ParseBased(text.substr(2), 8);
  const auto value = ParseInt(text);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<double> ScalarAsDouble(const Yaml& node) {
  constexpr std::array<std::string_view, 3> kInfinity = {".inf", ".Inf", ".INF"};
  constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
  if (const auto whole = ScalarAsInt(node)) return static_cast<double>(*whole);
  if (!IsPlain(node)) return std::nullopt;
  if (IsOneOf(node.scalar, kNan)) return std::numeric_limits<double>::quiet_NaN();
  const std::string_view magnitude = WithoutSign(node.scalar);
  if (IsOneOf(magnitude, kInfinity)) {
    const double infinity = std::numeric_limits<double>::infinity();
    return node.scalar[0] == '-' ? -infinity : infinity;
  }
  // ParseDouble() takes "inf" and "nan" too, which are plain strings in YAML.
  const bool starts_as_number =
      !magnitude.empty() && (magnitude[0] == '.' || (magnitude[0] >= '0' && magnitude[0] <= '9'));
  if (!starts_as_number) return std::nullopt;
  const auto value = ParseDouble(node.scalar);
  return value ? std::optional(*value) : std::nullopt;
}

std::string QuoteIfNeeded(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  const bool plain = !text.empty() && IsLetter(text[0]) && std::all_of(text.begin(), text.end(), IsSafeInside) &&
                     !IsOneOf(lower, kReserved);
  if (plain) return std::string(text);
  std::string quoted;
  AppendJsonString(text, &quoted);  // a JSON string is a YAML string
  return quoted;
}

std::string YamlDouble(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  return FormatDouble(value);
}

Json YamlJson(const Yaml& node) {
  Json json;
  switch (node.kind) {
    case Yaml::Kind::kNull:
      break;
    case Yaml::Kind::kScalar:
      if (const auto boolean = ScalarAsBool(node)) return *boolean;
      if (const auto whole = ScalarAsInt(node)) return *whole;
      if (const auto number = ScalarAsDouble(node)) return *number;
      return node.scalar;
    case Yaml::Kind::kSequence:
      json = Json::MakeArray();
      for (const Yaml& item : node.items) json.Push(YamlJson(item));
      break;
    case Yaml::Kind::kMap:
      json = Json::MakeObject();
      for (const auto& [key, value] : node.members) json.Set(key, YamlJson(value));
      break;
  }
  return json;
}

}  // namespace valence::internal

namespace valence {
namespace {

std::string FlowScalar(const Yaml& node) {
  const bool is_plain = internal::ScalarAsBool(node).has_value() || internal::ScalarAsDouble(node).has_value();
  if (is_plain) return node.scalar;
  if (!node.quoted) return internal::QuoteIfNeeded(node.scalar);
  std::string quoted;
  AppendJsonString(node.scalar, &quoted);
  return quoted;
}

}  // namespace

std::string FlowYaml(const Yaml& node) {
  std::vector<std::string> parts;
  switch (node.kind) {
    case Yaml::Kind::kNull:
      return "null";
    case Yaml::Kind::kScalar:
      return FlowScalar(node);
    case Yaml::Kind::kSequence:
      for (const Yaml& item : node.items) parts.push_back(FlowYaml(item));
      return fmt::format("[{}]", fmt::join(parts, ", "));
    case Yaml::Kind::kMap:
      break;
  }
  for (const auto& [key, value] : node.members) {
    parts.push_back(fmt::format("{}: {}", internal::QuoteIfNeeded(key), FlowYaml(value)));
  }
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

}  // namespace valence
