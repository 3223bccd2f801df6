// SPDX-License-Identifier: Apache-2.0
#include "media_type.h"

#include <algorithm>
#include <utility>

namespace valence::serving {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool IsForeignCharset(std::string_view parameter) {
  constexpr std::string_view kName = "charset=";
  if (!EqualsIgnoringCase(parameter.substr(0, kName.size()), kName)) return false;
  std::string_view value = parameter.substr(kName.size());
  if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
  return !EqualsIgnoringCase(value, "utf-8") && !EqualsIgnoringCase(value, "us-ascii");
}

}  // namespace

MediaType ParseMediaType(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  const std::string_view type = Trim(content_type.substr(0, semicolon));
  for (std::size_t at = semicolon; at != std::string_view::npos;) {
    const std::size_t next = content_type.find(';', at + 1);
    if (IsForeignCharset(Trim(content_type.substr(at + 1, next - at - 1)))) return MediaType::kOther;
    at = next;
  }
  constexpr std::pair<std::string_view, MediaType> kTypes[] = {
      {"application/json", MediaType::kJson},         {"application/x-www-form-urlencoded", MediaType::kUrlEncoded},
      {"multipart/form-data", MediaType::kMultipart}, {"text/csv", MediaType::kCsv},
      {"application/csv", MediaType::kCsv},           {"application/jsonlines", MediaType::kJsonLines},
      {"application/jsonl", MediaType::kJsonLines},   {"application/x-ndjson", MediaType::kJsonLines},
  };
  for (const auto& [name, media_type] : kTypes) {
    if (EqualsIgnoringCase(type, name)) return media_type;
  }
  return MediaType::kOther;
}

bool HasOnlyCharset(std::string_view content_type) {
  constexpr std::string_view kName = "charset=";
  for (std::size_t at = content_type.find(';'); at != std::string_view::npos;) {
    const std::size_t next = content_type.find(';', at + 1);
    const std::string_view parameter = Trim(content_type.substr(at + 1, next - at - 1));
    if (!parameter.empty() && !EqualsIgnoringCase(parameter.substr(0, kName.size()), kName)) return false;
    at = next;
  }
  return true;
}

}  // namespace valence::serving
