// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "valence/classifier/classifier.h"
#include "valence/pipeline/stages.h"

namespace valence::app {

/// Adds --model, default models/model.safetensors.
inline void AddModelFlag(CLI::App& command, std::string& model) {
  model = pipeline::Layout().model.string();
  command
      .add_option("--model", model,
                  "Model file or folder, or a URI: models:/<name>@<alias>, runs:/..., s3://, https://")
      ->type_name("MODEL")
      ->capture_default_str();
}

}  // namespace valence::app
