// SPDX-License-Identifier: Apache-2.0
#include "model_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace valence::serving {
namespace {

constexpr double kTolerance = 1e-9;  // as for golden texts

// Words, none, markup, more than ASCII: what each step of preprocessing has an opinion on.
constexpr std::string_view kTexts[] = {"", "A wonderful film; I loved every minute.",
                                       "Don't bother: it's NOT good, 2/10 <br /> see http://example.com",
                                       "Café naïve — \"schön\" 👍 ½"};

Status CheckText(const classifier::Classifier& model, std::string_view text) {
  classifier::Classifier::Scratch scratch;
  classifier::Prediction compiled;
  classifier::Prediction plain;
  model.Predict(text, &scratch, &compiled);
  model.PredictPlain(text, &plain);
  for (std::size_t i = 0; i < plain.scores.size(); ++i) {
    if (std::abs(compiled.scores[i] - plain.scores[i]) <= kTolerance) continue;  // false for NaN
    return DataCorrupt(fmt::format(
        "the built-in text \"{}\" scores [{}] by the compiled path, [{}] by the plain one; this is a defect "
        "of the model or of this program",
        text, fmt::join(compiled.scores, ", "), fmt::join(plain.scores, ", ")));
  }
  return Ok();
}

}  // namespace

Status CheckSuccessor(const classifier::Classifier& next, const classifier::Classifier* current) {
  if (current != nullptr && next.labels() != current->labels()) {
    return FailedPrecondition(fmt::format(
        "it knows the labels [{}], the model that it would replace [{}]; serve it under another name, clients are made "
        "for these labels",
        fmt::join(next.labels(), ", "), fmt::join(current->labels(), ", ")));
  }
  if (!next.bundle().golden_texts.empty()) return Ok();
  for (const std::string_view text : kTexts) VALENCE_RETURN_IF_ERROR(CheckText(next, text));
  return Ok();
}

}  // namespace valence::serving
