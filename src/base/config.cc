// SPDX-License-Identifier: Apache-2.0
#include "valence/base/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "config_reader.h"
#include "nearest_name.h"

namespace valence {
namespace {

using internal::Suggestion;

const ConfigSection* FindSection(const std::vector<ConfigSection>& sections, std::string_view name) {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [name](const ConfigSection& s) { return s.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

std::string UnknownSection(const std::vector<ConfigSection>& sections, std::string_view name) {
  std::vector<std::string> known;
  for (const ConfigSection& section : sections) known.emplace_back(section.name);
  return fmt::format("unknown section '{}'{}", name, Suggestion(name, known));
}

}  // namespace

Status ApplyYamlFile(const std::vector<ConfigSection>& sections, std::string_view text, std::string_view where) {
  VALENCE_TRY(const Yaml file, Yaml::Parse(text, where));
  if (file.kind == Yaml::Kind::kNull) return Ok();
  if (file.kind != Yaml::Kind::kMap) {
    return InvalidArgument(
        fmt::format("{}:{}: expected a map of sections, got {}", where, file.line, internal::Got(file)));
  }
  for (const auto& [name, node] : file.members) {
    const ConfigSection* const section = FindSection(sections, name);
    if (section == nullptr) {
      return InvalidArgument(fmt::format("{}:{}: {}", where, node.line, UnknownSection(sections, name)));
    }
    VALENCE_RETURN_IF_ERROR(ApplyYaml(*section, node, where));
  }
  return Ok();
}

Status ApplyOverride(const std::vector<ConfigSection>& sections, std::string_view assignment) {
  const std::string place = fmt::format("--set {}", assignment);
  const std::size_t equals = assignment.find('=');
  const std::string_view key = assignment.substr(0, equals);
  if (equals == std::string_view::npos || key.find('.') == std::string_view::npos) {
    return InvalidArgument(fmt::format("{}: expected section.key=value, such as train.C=3", place));
  }
  const auto value = Yaml::Parse(assignment.substr(equals + 1), "value");
  if (!value) return InvalidArgument(fmt::format("{}: not YAML: {}", place, value.error().message));
  return ApplyOverride(sections, key, *value, place);
}

Status ApplyOverride(const std::vector<ConfigSection>& sections, std::string_view key, const Yaml& value,
                     std::string_view where) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) {
    return InvalidArgument(fmt::format("{}: expected section.key, such as train.C, got '{}'", where, key));
  }
  const std::string_view name = key.substr(0, dot);
  const ConfigSection* const section = FindSection(sections, name);
  if (section == nullptr) return InvalidArgument(fmt::format("{}: {}", where, UnknownSection(sections, name)));
  Yaml map;
  map.kind = Yaml::Kind::kMap;
  map.members.emplace_back(std::string(key.substr(dot + 1)), value);
  return internal::ReadSection(*section, map, [&](int, std::string_view) { return std::string(where); });
}

}  // namespace valence
