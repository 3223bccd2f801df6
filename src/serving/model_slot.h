// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shadow_scorer.h"
#include "valence/serving/model_lifecycle.h"

namespace valence::serving {

/// One model of a ModelLifecycle: what was asked for, what came of it, and when to ask its source again.
struct ModelLifecycle::Slot {
  ModelSpec spec;              // complete: with a name
  bool keeps_version = false;  // the version was asked for, and does not follow the source's
  ModelId id;
  std::string fingerprint;
  std::shared_ptr<const classifier::Classifier> classifier;
  std::string card;        // Markdown, or ""
  ModelSet::Entry served;  // of kServed and kCanary
  std::shared_ptr<ShadowScorer> shadow;
  std::string loaded_at;  // ISO 8601

  std::string refused;      // the fingerprint of what must not be tried again
  std::string last_error;   // of the last attempt, "" if it went well
  int unreachable = 0;      // attempts in a row
  Clock::time_point due{};  // of the next question
};

std::string_view RoleName(ModelRole role);

}  // namespace valence::serving
