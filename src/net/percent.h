// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The way back from PercentEncode (http_client.h).
namespace valence::net::internal {

enum class PlusSign { kItself, kSpace };

/// `text` with each %XX replaced by its byte. What is no escape stays as it is.
std::string PercentDecode(std::string_view text, PlusSign plus = PlusSign::kItself);

}  // namespace valence::net::internal
