// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace valence {

/// `json` with an exponent of 0 behind each whole number that neither int64 nor uint64 holds, so that simdjson, which
/// refuses those, reads it as the nearest double, as Python's and JavaScript's readers of doubles do. nullopt if there
/// is none. For texts that simdjson has refused because of a number; what is no JSON may come out as anything.
std::optional<std::string> WideIntegersAsDoubles(std::string_view json);

}  // namespace valence
