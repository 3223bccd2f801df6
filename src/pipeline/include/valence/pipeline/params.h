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
#include "valence/pipeline/cross_validation_config.h"
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
  CrossValidationConfig cross_validation;
  TuneConfig tune;
  CompareConfig compare;

  /// All sections, bound to this object, which must outlive them.
  std::vector<ConfigSection> Sections();
  /// Those that shape a model of given texts, and so may differ between candidates: preprocess, featurize, train.
  std::vector<ConfigSection> CandidateSections();
  /// Those that shape the model, and so are part of its file: ingest, preprocess, featurize, train.
  std::vector<ConfigSection> ModelSections();
};

/// The sections that shape a model with their values, for its file and for tracked runs.
Json ModelParameters(Params params);

/// All sections as a commented params.yaml.
std::string ParamsYaml(Params params);

/// Defaults, then `file` (absent is fine if `file_is_optional`), then each `stage.key=value`.
Result<Params> LoadParams(const std::filesystem::path& file, bool file_is_optional,
                          const std::vector<std::string>& overrides);

}  // namespace valence::pipeline
