// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/result.h"
#include "valence/data/ingest.h"
#include "valence/evaluation/report.h"
#include "valence/features/vectorizer_config.h"
#include "valence/model/logistic_regression.h"
#include "valence/pipeline/tracking_config.h"
#include "valence/registry/config.h"
#include "valence/text/preprocess_config.h"

namespace valence::pipeline {

/// All of params.yaml: one section a stage.
struct Params {
  data::IngestConfig ingest;
  text::PreprocessConfig preprocess;
  features::VectorizerConfig featurize;
  model::TrainConfig train;
  evaluation::EvaluateConfig evaluate;
  TrackingConfig tracking;
  registry::RegisterConfig registering;  ///< section `register`
  registry::PromoteConfig promote;

  /// All sections, bound to this object, which must outlive them.
  std::vector<ConfigSection> Sections();
  /// Those that shape the model, and so are part of its file: ingest, preprocess, featurize, train.
  std::vector<ConfigSection> ModelSections();
};

/// The sections that shape a model with their values, for its file and for tracked runs.
Json ModelParameters(Params params);

/// Defaults, then `file` (absent is fine if `file_is_optional`), then each `stage.key=value`.
Result<Params> LoadParams(const std::filesystem::path& file, bool file_is_optional,
                          const std::vector<std::string>& overrides);

}  // namespace valence::pipeline
