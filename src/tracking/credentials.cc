// SPDX-License-Identifier: Apache-2.0
#include "credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "valence/base/files.h"

namespace valence::tracking::internal {
namespace {

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/// Python's configparser lower-cases the keys.
std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

Result<Credentials> ReadCredentials(const std::filesystem::path& file) {
  constexpr std::uint64_t kLimitBytes = 1u << 20;
  Result<std::string> read = ReadFile(file, kLimitBytes);
  if (!read.has_value() && read.error().code == ErrorCode::kNotFound) return Credentials{};
  if (!read.has_value()) return std::move(read).error();
  const std::string_view text = *read;
  Credentials credentials;
  bool is_ours = false;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = Trim(text.substr(begin, end - begin));
    begin = end + 1;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      is_ours = line == "[mlflow]";
      continue;
    }
    const std::size_t sign = line.find_first_of("=:");
    if (sign == std::string_view::npos) {
      return InvalidArgument(fmt::format("{}:{}: expected '[section]' or 'key = value'", file.string(), number + 1));
    }
    const std::string key = LowerCase(Trim(line.substr(0, sign)));
    if (is_ours && key == "mlflow_tracking_username") credentials.username = Trim(line.substr(sign + 1));
    if (is_ours && key == "mlflow_tracking_password") credentials.password = Trim(line.substr(sign + 1));
  }
  return credentials;
}

}  // namespace valence::tracking::internal
