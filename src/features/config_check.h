// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/base/result.h"
#include "valence/features/vectorizer_config.h"

namespace valence::features::internal {

/// Whether the choices and numbers of a configuration are allowed, for those that did not come through the parser of
/// params.yaml but from a model file or a caller. (Analyzer::Make checks its own fields.) Error: kInvalidArgument.
Status CheckConfig(const VectorizerConfig& config);

}  // namespace valence::features::internal
