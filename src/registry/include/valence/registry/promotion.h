// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/evaluation/metrics.h"
#include "valence/evaluation/report.h"
#include "valence/evaluation/significance.h"
#include "valence/registry/config.h"

namespace valence::registry {

/// A model's answers to the documents that decide, and which model it is.
struct Contender {
  std::string version = {};  ///< for people: "7", or a file's name
  std::string digest = {};   ///< "sha256:..." of the model
  evaluation::Scored scored = {};
};

/// One thing that must hold.
struct PromotionCheck {
  std::string name;    ///< "minimum accuracy", "McNemar", "accuracy", "slice text_bytes < 500", ...
  std::string detail;  ///< a sentence with the figures
  bool passed = false;
};

/// One figure of both.
struct ComparedMetric {
  std::string name;
  double challenger = 0;
  double champion = 0;  ///< NaN without a champion
};

/// Challenger against champion on the same documents.
struct Verdict {
  std::string challenger, champion;  ///< versions; champion "" if there is none
  std::uint64_t documents = 0;
  std::vector<ComparedMetric> metrics;
  std::vector<ComparedMetric> slices;       ///< accuracy by slice
  std::optional<evaluation::McNemar> test;  ///< first = champion, second = challenger
  std::vector<PromotionCheck> checks;
  bool passed = true;

  Json ToJson() const;
  /// "slice text_bytes < 500: accuracy 0.81 is more than 0.02 below the champion's 0.86" for each failed check.
  std::vector<std::string> Refusals() const;
};

/// Judges the challenger: the gate's minimum and maximum metrics; and, if there is a champion, the rule on McNemar's
/// test, the accuracy and each slice of text length. The same model as champion passes (nothing would change).
/// Errors: kInvalidArgument (other documents, other labels), as CheckGate.
Result<Verdict> Judge(const Contender& challenger, const Contender* champion, const evaluation::EvaluateConfig& gate,
                      const PromoteConfig& config);

}  // namespace valence::registry
