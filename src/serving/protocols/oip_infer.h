// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../exchange.h"

namespace valence::serving {

/// POST .../infer.
void AnswerInfer(Exchange& exchange);

}  // namespace valence::serving
