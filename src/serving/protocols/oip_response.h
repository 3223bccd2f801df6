// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "../exchange.h"
#include "oip_rules.h"
#include "valence/serving/oip_call.h"

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

/// The outputs that `request` asks for, in its order. They view `columns`.
std::vector<OutputTensor> MakeTensors(const ServedModel& model, const InferRequest& request, const Columns& columns);

/// Writes the answer to REST: the JSON part into `*json`, tensors that were asked for in binary into `*tail`.
void WriteInferResponse(const ServedModel& model, const InferRequest& request, const std::vector<OutputTensor>& tensors,
                        std::string* json, std::string* tail);

}  // namespace valence::serving::oip
