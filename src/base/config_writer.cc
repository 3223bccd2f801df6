// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config_ranges.h"
#include "valence/base/check.h"
#include "valence/base/config.h"
#include "yaml_scalars.h"

namespace valence {
namespace {

using internal::QuoteIfNeeded;
using internal::RangeInWords;
using internal::YamlDouble;
using internal::YamlJson;

constexpr std::size_t kCommentWidth = 100;

/// One field as text.
struct Field {
  std::string name;
  std::string help;
  std::string range;
  std::string yaml;  ///< the value on one line
  Json json;
};

/// Collects the fields of a struct.
class Writer : public FieldVisitor {
 public:
  void Visit(const FieldInfo& info, bool& value) override {
    Add(info, std::string(info.range), value ? "true" : "false", value);
  }
  void Visit(const FieldInfo& info, std::int64_t& value, Bounds bounds) override {
    Add(info, RangeInWords(info, bounds), fmt::format("{}", value), value);
  }
  void Visit(const FieldInfo& info, double& value, Bounds bounds) override {
    Add(info, RangeInWords(info, bounds), YamlDouble(value), value);
  }
  void Visit(const FieldInfo& info, std::string& value, const std::vector<std::string_view>& choices) override {
    Add(info, RangeInWords(info, choices), QuoteIfNeeded(value), value);
  }
  void Visit(const FieldInfo& info, std::vector<std::string>& value,
             const std::vector<std::string_view>& choices) override {
    std::vector<std::string> items;
    for (const std::string& item : value) items.push_back(QuoteIfNeeded(item));
    Add(info, RangeInWords(info, choices), fmt::format("[{}]", fmt::join(items, ", ")), Json::ArrayOf(value));
  }
  void Visit(const FieldInfo& info, std::pair<std::int64_t, std::int64_t>& value, Bounds bounds) override {
    Add(info, RangeInWords(info, bounds), fmt::format("[{}, {}]", value.first, value.second),
        Json(Json::Array{value.first, value.second}));
  }
  void Visit(const FieldInfo& info, StringMap& value) override { AddMap(info, value, QuoteIfNeeded); }
  void Visit(const FieldInfo& info, NumberMap& value) override { AddMap(info, value, YamlDouble); }
  void Visit(const FieldInfo& info, Yaml& value) override {
    Add(info, std::string(info.range), FlowYaml(value), YamlJson(value));
  }
  void VisitCountOrShare(const FieldInfo& info, CountOrShare& value) override {
    const auto count = static_cast<std::int64_t>(value.value);
    Add(info, std::string(info.range), value.is_share ? YamlDouble(value.value) : fmt::format("{}", count),
        value.is_share ? Json(value.value) : Json(count));
  }

  std::vector<Field> fields;

 private:
  void Add(const FieldInfo& info, std::string range, std::string yaml, Json json) {
    fields.push_back(
        {std::string(info.name), std::string(info.help), std::move(range), std::move(yaml), std::move(json)});
  }

  template <class Map, class ToText>
  void AddMap(const FieldInfo& info, const Map& map, ToText to_text) {
    std::vector<std::string> items;
    Json json = Json::MakeObject();
    for (const auto& [key, value] : map) {
      items.push_back(fmt::format("{}: {}", QuoteIfNeeded(key), to_text(value)));
      json.Set(key, value);
    }
    Add(info, std::string(info.range), fmt::format("{{{}}}", fmt::join(items, ", ")), std::move(json));
  }
};

std::vector<Field> FieldsOf(const ConfigSection& section) {
  Writer writer;
  section.describe(writer);
  return std::move(writer.fields);
}

// `text` in lines of at most kCommentWidth, each after `prefix`.
std::string Wrap(std::string_view text, std::string_view prefix) {
  std::string lines;
  while (!text.empty()) {
    std::size_t length = text.size();
    if (prefix.size() + length > kCommentWidth) {
      const std::size_t space = text.rfind(' ', kCommentWidth - prefix.size());
      length = std::min(space == std::string_view::npos ? text.find(' ') : space, text.size());
    }
    lines.append(prefix).append(text.substr(0, length)).append(1, '\n');
    text.remove_prefix(length);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return lines;
}

std::string InParentheses(const Field& field, const std::string& default_yaml) {
  const std::string_view comma = field.range.empty() ? "" : ", ";
  return fmt::format("({}{}default {})", field.range, comma, default_yaml);
}

std::string EscapeTableCell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

}  // namespace

std::string ToYaml(const std::vector<ConfigSection>& sections, const std::vector<ConfigSection>& defaults) {
  VALENCE_CHECK(sections.size() == defaults.size(), "the same sections twice");
  std::string yaml;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::vector<Field> fields = FieldsOf(sections[i]), default_fields = FieldsOf(defaults[i]);
    VALENCE_CHECK(fields.size() == default_fields.size(), "a section has the same fields twice");
    if (!yaml.empty()) yaml += "\n";
    yaml += Wrap(sections[i].help, "# ");
    yaml += fmt::format("{}:\n", sections[i].name);
    for (std::size_t k = 0; k < fields.size(); ++k) {
      const Field& field = fields[k];
      yaml += Wrap(fmt::format("{} {}", field.help, InParentheses(field, default_fields[k].yaml)), "  # ");
      yaml += fmt::format("  {}: {}\n", QuoteIfNeeded(field.name), field.yaml);
    }
  }
  return yaml;
}

std::string ToMarkdown(const std::vector<ConfigSection>& sections) {
  std::string markdown;
  for (const ConfigSection& section : sections) {
    if (!markdown.empty()) markdown += "\n";
    markdown += fmt::format("## {}\n\n{}\n\n", section.name, section.help);
    markdown += "| field | default | range | meaning |\n|---|---|---|---|\n";
    for (const Field& field : FieldsOf(section)) {
      markdown += fmt::format("| `{}` | `{}` | {} | {} |\n", field.name, EscapeTableCell(field.yaml),
                              EscapeTableCell(field.range), EscapeTableCell(field.help));
    }
  }
  return markdown;
}

std::string ToHelp(const ConfigSection& section) {
  std::string help = Wrap(fmt::format("{}: {}", section.name, section.help), "");
  for (const Field& field : FieldsOf(section)) {
    help += fmt::format("  {}.{} {}\n", section.name, field.name, InParentheses(field, field.yaml));
    help += Wrap(field.help, "      ");
  }
  return help;
}

Json ToJson(const ConfigSection& section) {
  Json json = Json::MakeObject();
  for (Field& field : FieldsOf(section)) json.Set(field.name, std::move(field.json));
  return json;
}

}  // namespace valence
