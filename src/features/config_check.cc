// SPDX-License-Identifier: Apache-2.0
#include "config_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace valence::features::internal {
namespace {

Status CheckChoice(std::string_view field, std::string_view value, std::initializer_list<std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return Ok();
  return InvalidArgument(
      fmt::format("featurize.{}: got '{}', expected one of {}", field, value, fmt::join(choices, ", ")));
}

}  // namespace

Status CheckConfig(const VectorizerConfig& config) {
  constexpr std::int64_t kMaxFeatures = 2147483646;  // scikit-learn's limit: below 2^31 - 1
  VALENCE_RETURN_IF_ERROR(CheckChoice("vectorizer", config.vectorizer, {"count", "tfidf", "hashing", "nb"}));
  VALENCE_RETURN_IF_ERROR(CheckChoice("norm", config.norm, {"l1", "l2", "none"}));
  VALENCE_RETURN_IF_ERROR(CheckChoice("nb_counts", config.nb_counts, {"occurrences", "documents"}));
  if (config.n_features < 1 || config.n_features > kMaxFeatures) {
    return InvalidArgument(
        fmt::format("featurize.n_features: got {}, expected 1 to {}", config.n_features, kMaxFeatures));
  }
  if (!(config.nb_alpha > 0)) {
    return InvalidArgument(fmt::format("featurize.nb_alpha: got {}, expected a number above 0", config.nb_alpha));
  }
  return Ok();
}

}  // namespace valence::features::internal
