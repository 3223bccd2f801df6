// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace valence::serving {

/// What follows "Bearer " (in any case) in an Authorization header; nullopt for other schemes. RFC 6750, section 2.1.
std::optional<std::string_view> BearerOf(std::string_view authorization);

/// Takes as long for equal bytes as for different ones. Requires equal sizes.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace valence::serving
