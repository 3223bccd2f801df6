// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/params.h"

#include "valence/base/files.h"

namespace valence::pipeline {

std::vector<ConfigSection> Params::Sections() {
  return {
      {"ingest", "Where the labelled texts come from, and which rows are kept.",
       [this](FieldVisitor& v) { ingest.Describe(v); }},
      {"preprocess", "How a text is normalised before it is cut into tokens.",
       [this](FieldVisitor& v) { preprocess.Describe(v); }},
      {"featurize", "How tokens become numbers.", [this](FieldVisitor& v) { featurize.Describe(v); }},
      {"train", "The logistic regression.", [this](FieldVisitor& v) { train.Describe(v); }},
      {"evaluate", "The report on held-out texts, and the gate a model must pass.",
       [this](FieldVisitor& v) { evaluate.Describe(v); }},
  };
}

Result<Params> LoadParams(const std::filesystem::path& file, bool file_is_optional,
                          const std::vector<std::string>& overrides) {
  Params params;
  const auto sections = params.Sections();
  auto text = ReadFile(file, 1u << 20);
  if (text) {
    VALENCE_RETURN_IF_ERROR(ApplyYamlFile(sections, *text, file.string()));
  } else if (!file_is_optional || text.error().code != ErrorCode::kNotFound) {
    return std::move(text).error();
  }
  for (const std::string& assignment : overrides) VALENCE_RETURN_IF_ERROR(ApplyOverride(sections, assignment));
  return params;
}

}  // namespace valence::pipeline
