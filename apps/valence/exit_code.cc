// SPDX-License-Identifier: Apache-2.0
#include "exit_code.h"

namespace valence::app {

ExitCode ToExitCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnimplemented:
      return kUsage;
    case ErrorCode::kDataCorrupt:
    case ErrorCode::kFailedPrecondition:
      return kInputData;
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return kEnvironment;
    case ErrorCode::kInternal:
      break;
  }
  return kInternalError;
}

}  // namespace valence::app
