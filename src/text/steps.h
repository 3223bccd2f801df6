// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "characters.h"
#include "sink.h"
#include "valence/base/result.h"
#include "words.h"

namespace valence::text {

/// What a step looks at, which decides what the compiled path can do with it.
enum class StepKind {
  kRewrite,    ///< a construct in the text (a URL, an entity)
  kCharacter,  ///< each character on its own: `character` is set
  kWord,       ///< each word on its own: `word` is set
  kWhole,      ///< the text as a whole
};

/// A named step: its plain meaning (`passes`, in order) and, where there is one, its meaning for a part of the text.
struct Step {
  std::string_view name;
  StepKind kind = StepKind::kWhole;
  std::span<const Pass> passes;
  CharMap character = nullptr;
  WordMap word = nullptr;
};

/// All steps, in the order docs list them.
std::span<const Step> AllSteps();

/// Error: kInvalidArgument listing the known names.
Result<const Step*> FindStep(std::string_view name);

}  // namespace valence::text
