// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace valence::serving {

/// The bytes that `text` stands for in base64 (RFC 4648 4, padded), or nullopt if it is not base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace valence::serving
