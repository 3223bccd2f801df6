// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "valence/base/result.h"

namespace valence::app {

/// What SageMaker tells a container that it starts as `<image> serve`, without flags.
struct SageMaker {
  std::optional<std::filesystem::path>
      model;                          ///< the model unpacked in $SM_MODEL_DIR or /opt/ml/model, if there is one
  std::optional<std::uint16_t> port;  ///< $SAGEMAKER_BIND_TO_PORT; 8080 if there is a model but no such variable
};

/// Errors: kInvalidArgument for a port that is none.
Result<SageMaker> ReadSageMaker();

}  // namespace valence::app
