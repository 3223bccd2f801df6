// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/params.h"

#include "valence/base/files.h"

namespace valence::pipeline {

std::vector<ConfigSection> Params::CandidateSections() {
  return {
      {"preprocess", "How a text is normalised before it is cut into tokens.",
       [this](FieldVisitor& v) { preprocess.Describe(v); }},
      {"featurize", "How tokens become numbers.", [this](FieldVisitor& v) { featurize.Describe(v); }},
      {"train", "The logistic regression.", [this](FieldVisitor& v) { train.Describe(v); }},
  };
}

std::vector<ConfigSection> Params::ModelSections() {
  std::vector<ConfigSection> sections = CandidateSections();
  sections.insert(sections.begin(), {"ingest", "Where the labelled texts come from, and which rows are kept.",
                                     [this](FieldVisitor& v) { ingest.Describe(v); }});
  return sections;
}

Json ModelParameters(Params params) {
  Json all = Json::MakeObject();
  for (const ConfigSection& section : params.ModelSections()) all.Set(section.name, ToJson(section));
  return all;
}

std::string ParamsYaml(Params params) {
  Params defaults;
  return ToYaml(params.Sections(), defaults.Sections());
}

std::vector<ConfigSection> Params::Sections() {
  std::vector<ConfigSection> sections = ModelSections();
  sections.push_back({"evaluate", "The report on held-out texts, and the gate a model must pass.",
                      [this](FieldVisitor& v) { evaluate.Describe(v); }});
  sections.push_back(
      {"tracking", "What is kept of each run, in MLflow's terms.", [this](FieldVisitor& v) { tracking.Describe(v); }});
  sections.push_back(
      {"register", "How a model becomes a registered version.", [this](FieldVisitor& v) { registering.Describe(v); }});
  sections.push_back({"promote", "What a challenger must show to take the champion's place.",
                      [this](FieldVisitor& v) { promote.Describe(v); }});
  sections.push_back({"cross_validation",
                      "How 'valence tune' and 'valence compare' judge settings, on training documents only.",
                      [this](FieldVisitor& v) { cross_validation.Describe(v); }});
  sections.push_back(
      {"tune", "The settings that 'valence tune' tries.", [this](FieldVisitor& v) { tune.Describe(v); }});
  sections.push_back(
      {"compare", "The settings that 'valence compare' tries.", [this](FieldVisitor& v) { compare.Describe(v); }});
  return sections;
}

void TrackingConfig::Describe(FieldVisitor& v) {
  v.Visit({"enabled", "Whether 'valence run' is kept as a tracked run."}, enabled);
  v.Visit({"experiment", "Experiment that runs belong to; MLFLOW_EXPERIMENT_NAME wins."}, experiment, {});
  v.Visit({"run_name", "Name of the run; empty makes one of the vectorizer and C."}, run_name, {});
  v.Visit({"system_metrics_interval", "Seconds between samples of processor, memory, disk and network; 0 takes none.",
           ">= 0"},
          system_metrics_interval, AtLeast(0));
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
