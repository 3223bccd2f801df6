// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace valence {

/// Room that WriteShortestDouble needs, which is more than the 24 characters that it writes at most.
inline constexpr std::size_t kShortestDoubleRoom = 48;

/// Writes `value` to `out` with the fewest digits that read back as the same double, and of the forms 0.001 and 1e-3
/// the shorter: what std::to_chars(out, end, value) writes, in about half the time. Returns the end of it; what follows
/// in the room is undefined then. The digits are Dragonbox's (J. Jeon, "Dragonbox: A New Floating-Point
/// Binary-to-Decimal Conversion Algorithm", 2020).
char* WriteShortestDouble(double value, char* out);

}  // namespace valence
