// SPDX-License-Identifier: Apache-2.0
#include "admin_token.h"

#include "bearer.h"
#include "valence/base/digest.h"

namespace valence::serving {
AdminToken::AdminToken(std::string_view token) : digest_(Sha256Hex(token)) {}

bool AdminToken::Allows(std::string_view authorization) const {
  const auto token = BearerOf(authorization);
  return token && EqualInConstantTime(Sha256Hex(*token), digest_);
}

}  // namespace valence::serving
