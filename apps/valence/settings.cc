// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace valence::app {
namespace {

constexpr std::array<std::string_view, 5> kFlagsAlone = {"config", "help", "version", "C", "json"};

/// The option that a long name stands for, of the command or of all commands; nullptr if it is a flag alone.
CLI::Option* FindOption(CLI::App& command, const std::string& name) {
  if (std::find(kFlagsAlone.begin(), kFlagsAlone.end(), name) != kFlagsAlone.end()) return nullptr;
  CLI::Option* const own = command.get_option_no_throw("--" + name);
  return own != nullptr ? own : command.get_parent()->get_option_no_throw("--" + name);
}

/// "VALENCE_MAX_BODY_BYTES" for "max-body-bytes".
std::string VariableOf(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return "VALENCE_" + name;
}

/// What a flag with these values would have done. `origin` is named if they are not good.
void Set(CLI::Option& option, std::vector<std::string> values, const std::string& origin) {
  try {
    option.add_result(std::move(values));
    option.run_callback();
  } catch (const CLI::ParseError& error) {
    throw CLI::ValidationError(origin, error.what());
  }
}

void SetFromEnvironment(CLI::App& command, const Environment& environment) {
  for (CLI::App* app : {&command, command.get_parent()}) {
    for (const CLI::Option* listed : app->get_options()) {
      if (listed->get_lnames().empty()) continue;
      const std::string& name = listed->get_lnames().front();
      CLI::Option* const option = FindOption(command, name);
      if (option == nullptr || option->count() > 0) continue;
      const std::string variable = VariableOf(name);
      const std::string value = environment(variable);
      // Kubernetes sets VALENCE_PORT=tcp://10.0.0.1:5000 in the containers beside a service called "valence".
      if (value.empty() || value.starts_with("tcp://")) continue;
      Set(*option, {value}, variable);
    }
  }
}

void SetFromFile(CLI::App& command, const std::string& file) {
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_file(file);
  } catch (const CLI::Error& error) {
    throw CLI::ValidationError("--config", error.what());
  }
  std::vector<const CLI::Option*> set;  // by this file, so that a key that stands there twice is seen
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // CLI11's marks of a section's beginning and end
    CLI::Option* const option = item.parents.empty() ? FindOption(command, item.name) : nullptr;
    if (option == nullptr) {
      throw CLI::ValidationError(file, fmt::format("unknown key '{}': the keys are the flags of 'valence {}'",
                                                   item.fullname(), command.get_name()));
    }
    if (std::find(set.begin(), set.end(), option) != set.end()) {
      throw CLI::ValidationError(file, fmt::format("the key '{}' stands there twice", item.name));
    }
    if (option->count() > 0) continue;
    set.push_back(option);
    Set(*option, item.inputs, fmt::format("{}: {}", file, item.name));
  }
}

}  // namespace

void ApplySettings(CLI::App& command, std::string config_file, const Environment& environment) {
  SetFromEnvironment(command, environment);
  if (config_file.empty()) config_file = environment("VALENCE_CONFIG");
  if (!config_file.empty()) SetFromFile(command, config_file);
}

}  // namespace valence::app
