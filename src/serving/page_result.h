// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/classifier/classifier.h"

namespace valence::serving {

/// Appends the page's result section for an explained prediction: label, probabilities, the text with its words shaded,
/// the weightiest terms. web/page/page.js builds the same from JSON; tests/browser compares the two.
void AppendResult(const classifier::Classifier& classifier, std::string_view text,
                  const classifier::Prediction& prediction, std::string* out);

}  // namespace valence::serving
