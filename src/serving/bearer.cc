// SPDX-License-Identifier: Apache-2.0
#include "bearer.h"

#include <algorithm>

namespace valence::serving {

std::optional<std::string_view> BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const auto matches = [](char wanted, char c) { return wanted == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); };
  if (authorization.size() < kScheme.size()) return std::nullopt;
  if (!std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), matches)) return std::nullopt;
  return authorization.substr(kScheme.size());
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = difference | static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace valence::serving
