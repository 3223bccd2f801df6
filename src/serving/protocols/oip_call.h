// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "../exchange.h"

namespace valence::serving {

/// Answers a call (Exchange::call) as REST answers the same question about the models: `answer`, for the model and
/// version that the call names. By HTTP/1 there is no call: 415.
void AnswerCall(Exchange& exchange, Handler answer);

/// ModelInfer.
void AnswerInferCall(Exchange& exchange);

}  // namespace valence::serving
