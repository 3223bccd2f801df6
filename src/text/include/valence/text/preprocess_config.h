// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "valence/base/config.h"

namespace valence::text {

/// Section `preprocess` of params.yaml.
struct PreprocessConfig {
  /// `seed`, `best`, `none` (text unchanged) or `custom` (the steps listed).
  std::string preset = "best";
  /// Names of StepNames(), applied in this order; only with preset `custom`.
  std::vector<std::string> steps;

  void Describe(FieldVisitor& v);
  bool operator==(const PreprocessConfig&) const = default;
};

/// The step names of a configuration, presets resolved. Error: steps given without `custom`, or none with it.
Result<std::vector<std::string>> ResolveSteps(const PreprocessConfig& config);

/// Every step's name, in the order docs list them.
const std::vector<std::string_view>& StepNames();

}  // namespace valence::text
