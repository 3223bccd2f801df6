// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "valence/base/files.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {

/// 80 short texts that can be learned: every positive one has "good" or "lovely", every negative one "bad" or "dull".
inline std::string SmallCsv() {
  std::string csv = "text,label\n";
  for (int i = 0; i < 80; ++i) {
    const bool positive = i % 2 == 1;
    const char* word = positive ? (i % 3 == 0 ? "good" : "lovely") : (i % 3 == 0 ? "bad" : "dull");
    csv += fmt::format("\"The {} film, number n{}\",{}\n", word, i, positive ? "positive" : "negative");
  }
  return csv;
}

inline Layout LayoutIn(const std::filesystem::path& folder) {
  return {folder / "raw", folder / "interim", folder / "processed", folder / "model.safetensors", folder / "reports"};
}

/// Parameters that train on `<folder>/small.csv`, which this writes.
inline Params SmallParams(const std::filesystem::path& folder) {
  Params params;
  params.ingest.source = (folder / "small.csv").string();
  params.ingest.contract = "";
  params.evaluate.bootstrap_resamples = 50;
  static_cast<void>(WriteFile(folder / "small.csv", SmallCsv()).has_value());
  return params;
}

}  // namespace valence::pipeline
