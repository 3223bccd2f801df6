// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace valence::internal {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* why);
}  // namespace valence::internal

/// Ends the process with a message if an invariant of ours is broken. Never on anything a user can send.
#define VALENCE_CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) : ::valence::internal::CheckFailed(__FILE__, __LINE__, #condition, why))
