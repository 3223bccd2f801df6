// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/classifier/classifier.h"

namespace valence::app {

/// A prediction for a person: verdict, the text with its words coloured by what they add, and the strongest terms.
std::string RenderExplanation(const classifier::Classifier& model, std::string_view text,
                              const classifier::Prediction& prediction);

/// The same for a program; attributions in text order.
Json ExplanationJson(const classifier::Classifier& model, std::string_view text,
                     const classifier::Prediction& prediction);

}  // namespace valence::app
