// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"
#include "valence/data/document.h"
#include "valence/evaluation/metrics.h"

namespace valence::pipeline {

/// Scores labelled raw texts through the scorer that serves, on all threads. Error: kDataCorrupt for a label the model
/// does not know (`where` names the file).
Result<evaluation::Scored> ScoreDocuments(const classifier::Classifier& model, const data::Dataset& documents,
                                          const std::filesystem::path& where, Progress& progress);

/// A labelled CSV with columns of any names. Errors: kNotFound, kDataCorrupt with file and row (no such column, not
/// UTF-8).
Result<data::Dataset> ReadLabelled(const std::filesystem::path& path, const std::string& text_column,
                                   const std::string& label_column);

}  // namespace valence::pipeline
