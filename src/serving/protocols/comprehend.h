// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../router.h"

namespace valence::serving {

/// Answers POST / with X-Amz-Target: AWS Comprehend's DetectSentiment and BatchDetectSentiment (AWS JSON 1.1). The
/// model's labels must read as sentiments: positive, negative, neutral, mixed, or a beginning of one. The signature,
/// if there is one, is not checked.
void AnswerComprehend(Exchange& exchange);

}  // namespace valence::serving
