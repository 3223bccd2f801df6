// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "valence/base/result.h"

namespace valence {

struct ChildResult {
  int exit_code = 0;   ///< 128 + signal if one ended it
  std::string output;  ///< stdout and stderr as they came, the last 64 KB
};

/// Runs argv[0] (looked up in PATH) without a shell, with empty stdin, and waits. At the deadline the child and what it
/// started are killed. Errors: kNotFound if there is no such program, kDeadlineExceeded, kUnavailable.
Result<ChildResult> RunChild(const std::vector<std::string>& argv, std::chrono::milliseconds timeout);

}  // namespace valence
