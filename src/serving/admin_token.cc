// SPDX-License-Identifier: Apache-2.0
#include "admin_token.h"

#include "valence/base/digest.h"

namespace valence::serving {
namespace {

constexpr std::string_view kScheme = "bearer ";

/// Of texts of one length; looks at every byte whatever it finds.
bool IsEqual(std::string_view a, std::string_view b) {
  unsigned differences = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differences |= static_cast<unsigned char>(a[i] ^ b[i]);
  return differences == 0;
}

bool HasScheme(std::string_view authorization) {
  if (authorization.size() < kScheme.size()) return false;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != kScheme[i]) return false;
  }
  return true;
}

}  // namespace

AdminToken::AdminToken(std::string_view token) : digest_(Sha256Hex(token)) {}

bool AdminToken::Allows(std::string_view authorization) const {
  return HasScheme(authorization) && IsEqual(Sha256Hex(authorization.substr(kScheme.size())), digest_);
}

}  // namespace valence::serving
