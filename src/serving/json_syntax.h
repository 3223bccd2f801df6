// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace valence::serving {

/// How deep requests may nest.
inline constexpr std::size_t kMaxJsonDepth = 64;

/// Where and why a text is not JSON.
struct JsonFault {
  std::size_t byte = 0;
  std::string_view what;
};

/// The first place where `text` breaks RFC 8259, for error messages: simdjson, which does the reading, does not say.
/// nullopt if the grammar holds. `text` is well-formed UTF-8.
std::optional<JsonFault> FindJsonFault(std::string_view text);

}  // namespace valence::serving
