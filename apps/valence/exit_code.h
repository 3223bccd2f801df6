// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/base/result.h"

namespace valence::app {

/// What the process tells its caller. Frozen: scripts and CI depend on the numbers.
enum ExitCode : int {
  kSuccess = 0,
  kGateRefused = 1,
  kUsage = 2,
  kInputData = 3,
  kEnvironment = 4,
  kInternalError = 70,
};

/// The one table from error codes to exit codes.
ExitCode ToExitCode(ErrorCode code);

}  // namespace valence::app
