// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "../exchange.h"
#include "oip_request.h"

namespace valence::serving::oip {

/// What a request's outputs are made of: the predictions of all its texts, in columns.
struct Columns {
  std::vector<std::int32_t> labels;
  std::vector<double> probabilities;      ///< [texts, classes]
  std::vector<double> logits;             ///< [texts] or [texts, classes]
  std::vector<std::string> attributions;  ///< JSON, if asked for
};

/// Scores the request's texts by the chosen model.
Columns ScoreTexts(Exchange& exchange, const std::vector<std::string_view>& texts,
                   const std::vector<RequestedOutput>& outputs);

/// Writes the answer: the JSON part into `*json`, tensors that were asked for in binary into `*tail`.
void WriteInferResponse(const ServedModel& model, const InferRequest& request, const Columns& columns,
                        std::string* json, std::string* tail);

}  // namespace valence::serving::oip
