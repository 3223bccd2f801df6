// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "valence/base/config.h"

namespace valence::registry {

/// Section `register` of params.yaml.
struct RegisterConfig {
  std::string model = "sentiment";   ///< registered model
  std::string alias = "challenger";  ///< that a new version gets

  void Describe(FieldVisitor& v);
  bool operator==(const RegisterConfig&) const = default;
};

/// Section `promote` of params.yaml: what a challenger must show to take the champion's place.
struct PromoteConfig {
  std::string alias = "champion";
  std::string rule = "not_worse";         ///< not_worse, better
  double alpha = 0.05;                    ///< McNemar's exact test
  double max_accuracy_drop = 0.0;         ///< below the champion's, on the same documents
  double max_slice_drop = 0.02;           ///< accuracy of a slice below the champion's
  std::int64_t min_slice_documents = 50;  ///< smaller slices are reported, not judged

  void Describe(FieldVisitor& v);
  bool operator==(const PromoteConfig&) const = default;
};

}  // namespace valence::registry
