// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace valence::data::internal {

/// The first bytes of any bytes, as well-formed UTF-8 of at most `max_bytes`.
std::string Shown(std::string_view bytes, std::size_t max_bytes);

}  // namespace valence::data::internal
