// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::tracking::internal {

/// Where a model folder ended up, as its MLmodel has to say.
struct ModelPlace {
  std::string run_id;
  std::string model_id;       ///< "" where the server has no logged models
  std::string artifact_path;  ///< URI of the logged model's files, or the path below the run's
};

/// The text of an MLmodel with the three facts that are known only once the server has made the run and the model.
std::string PlaceMlmodel(std::string_view mlmodel, const ModelPlace& place);

/// Value of the run tag mlflow.log-model.history, by which servers before MLflow 3 show that a run has a model: a JSON
/// list with this one model. Error: kDataCorrupt if `mlmodel` is not YAML.
Result<std::string> LogModelHistory(std::string_view mlmodel, const ModelPlace& place);

}  // namespace valence::tracking::internal
