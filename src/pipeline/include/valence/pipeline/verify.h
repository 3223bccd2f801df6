// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/progress.h"
#include "valence/base/result.h"

namespace valence::pipeline {

/// What came of making a model again.
struct Verified {
  bool equal = false;                           ///< byte for byte
  std::string train_from = {}, test_from = {};  ///< where the data were found
  std::string digest = {}, remade_digest = {};  ///< SHA-256 of the two files
};

/// Finds the data that `model` says it was made of, by their SHA-256: among data/raw, the folders in `search`, and
/// DVC's cache (.dvc/cache); then preprocesses, featurises and trains again with the model's own parameters in a folder
/// of its own, and compares the files byte for byte. Nothing in the current folder changes. Errors: as
/// Classifier::Load; kNotFound if the data are nowhere (says the digest, and to pull or ingest them).
Result<Verified> Verify(const std::filesystem::path& model, const std::vector<std::filesystem::path>& search,
                        Progress& progress);

}  // namespace valence::pipeline
