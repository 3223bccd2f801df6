// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/result.h"

namespace valence::registry {

/// What an MLflow model folder says beside what the model file says itself.
struct ModelFolderOptions {
  std::string artifact_path = "model";    ///< where the folder lies in its run; MLflow 3: the model's artifact URI
  std::string run_id;                     ///< 32 hexadecimal digits; "" leaves it out
  std::string model_id;                   ///< m-<32 hexadecimal digits>; "" leaves it out
  std::string python_version = "3.12.3";  ///< of the environments that MLflow makes; the loader runs on 3.8 or later
  std::vector<std::string> example_texts = {"What a wonderful film, from the first scene to the last.",
                                            "It broke after two days. I want my money back."};
  std::chrono::system_clock::time_point created = std::chrono::system_clock::now();
};

/// One file of a folder, as an upload needs it.
struct FolderFile {
  std::filesystem::path local;
  std::string relative;  ///< below the folder, with '/'
};

/// Writes the MLflow model folder of `model_file` (docs/formats/mlflow-model.md): `mlflow.pyfunc.load_model` and
/// `mlflow models serve` answer with our numbers from it, through libvalence.so. `folder` is made; it must be empty.
/// The model is loaded and checked first. `MLmodel` is written last: a folder without it is not whole. Equal arguments
/// give equal bytes. Returns all files in order of their names.
/// Errors: of classifier::LoadModel and Classifier::Make; kConflict if the folder has something in it; kInvalidArgument
/// for an example text that is not UTF-8; kUnavailable.
Result<std::vector<FolderFile>> WriteModelFolder(const std::filesystem::path& model_file,
                                                 const ModelFolderOptions& options,
                                                 const std::filesystem::path& folder);

}  // namespace valence::registry
