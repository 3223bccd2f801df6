// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "valence/base/config.h"
#include "valence/base/yaml.h"

namespace valence::pipeline {

/// Section `cross_validation` of params.yaml: how `valence tune` and `valence compare` judge a setting.
struct CrossValidationConfig {
  std::int64_t folds = 5;
  std::int64_t seed = 42;           ///< of the shuffle that fills the folds
  std::string metric = "accuracy";  ///< the mean of this over the folds decides

  void Describe(FieldVisitor& v);
  bool operator==(const CrossValidationConfig&) const = default;
};

/// Section `tune` of params.yaml: which settings `valence tune` tries.
struct TuneConfig {
  TuneConfig();

  Yaml grid;                ///< parameter -> list of values; all combinations are tried
  std::int64_t trials = 0;  ///< so many combinations, drawn at random; 0 is all

  void Describe(FieldVisitor& v);
};

/// Section `compare` of params.yaml: the settings that `valence compare` sets against the parameters in force.
struct CompareConfig {
  CompareConfig();

  Yaml candidates;  ///< name -> parameter -> value

  void Describe(FieldVisitor& v);
};

}  // namespace valence::pipeline
