// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/pipeline/stages.h"
#include "valence/registry/model_source.h"

namespace valence::app {

/// A model, loaded and checked, and where it came from.
struct LoadedModel {
  pipeline::Trained trained;
  registry::FetchedModel source;
};

/// Loads what --model names (registry::ModelUri): a file or folder, s3://, http(s)://, models:/ or runs:/, from the
/// store of MLFLOW_TRACKING_URI (default sqlite:///mlflow.db). Downloads go to data/cache/models. Errors: of FetchModel
/// and Classifier::Load; kDataCorrupt if a registered model is not the one that was registered.
Result<LoadedModel> LoadModel(const std::string& uri, Progress& progress);

}  // namespace valence::app
