// SPDX-License-Identifier: Apache-2.0
#include "valence/text/preprocess_config.h"

#include <string_view>
#include <utility>

#include "steps.h"

namespace valence::text {
namespace {

using Names = std::vector<std::string_view>;

struct Preset {
  std::string_view name;
  Names steps;
};

const std::vector<Preset>& Presets() {
  static const std::vector<Preset> presets = {
      {"best", {"remove_html_breaks", "lowercase"}},
      {"seed",
       {"remove_urls", "remove_digits", "lowercase", "replace_punctuation", "remove_arabic_semicolon",
        "fold_whitespace", "remove_stop_words", "lemmatize"}},
      {"none", {}},
  };
  return presets;
}

constexpr std::string_view kCustom = "custom";

}  // namespace

void PreprocessConfig::Describe(FieldVisitor& v) {
  Names presets;
  for (const Preset& p : Presets()) presets.push_back(p.name);
  presets.push_back(kCustom);
  v.Visit({"preset",
           "Which steps prepare a text: those that cross-validation chose, those of the seed pipeline, none, "
           "or the ones listed under `steps`."},
          preset, presets);
  v.Visit({"steps", "With preset `custom`: names of steps, applied in this order."}, steps, StepNames());
}

Result<std::vector<std::string>> ResolveSteps(const PreprocessConfig& config) {
  if (config.preset == kCustom) {
    if (config.steps.empty()) {
      return InvalidArgument(
          "preprocess.steps is empty, but preset 'custom' means that you list them; use 'none' for none");
    }
    for (const std::string& name : config.steps) VALENCE_RETURN_IF_ERROR(FindStep(name));
    return config.steps;
  }
  if (!config.steps.empty()) {
    return InvalidArgument("preprocess.steps has effect only with preset 'custom'; preset is '" + config.preset + "'");
  }
  for (const Preset& preset : Presets()) {
    if (preset.name == config.preset) return std::vector<std::string>(preset.steps.begin(), preset.steps.end());
  }
  return InvalidArgument("preprocess.preset is '" + config.preset + "'; known: best, seed, none, custom");
}

const std::vector<std::string_view>& StepNames() {
  static const Names names = [] {
    Names all;
    for (const Step& step : AllSteps()) all.push_back(step.name);
    return all;
  }();
  return names;
}

}  // namespace valence::text
