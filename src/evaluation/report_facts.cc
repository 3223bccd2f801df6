// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "html.h"
#include "report_sections.h"
#include "valence/base/numbers.h"
#include "valence/base/utf8.h"

namespace valence::evaluation {
namespace {

constexpr std::size_t kOpeningBytes = 280;
constexpr std::size_t kWholeBytes = 8000;

/// "input_rows" -> "input rows".
std::string Words(std::string_view key) {
  std::string out(key);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

/// A scalar, or an array of scalars, as HTML.
std::string Value(const Json& json) {
  if (json.is_null()) return "none";
  if (json.is_bool()) return json.boolean() ? "yes" : "no";
  if (json.is_int()) return WithThousands(json.integer());
  if (json.is_number()) return fmt::format("{:.6g}", json.number());
  if (json.is_string()) return json.string().empty() ? "none" : EscapeHtml(json.string());
  if (json.is_array() && !json.array().empty()) {
    std::string out;
    for (const Json& item : json.array()) out += (out.empty() ? "" : item.is_string() ? "<br>" : ", ") + Value(item);
    return out;
  }
  if (json.is_object() && !json.object().empty()) return EscapeHtml(json.Dump());
  return "none";
}

/// Counts by name, which deserve shares: all values whole numbers, not all zero.
bool IsCounts(const Json::Object& object, std::int64_t* total) {
  *total = 0;
  for (const auto& [key, value] : object) {
    if (!value.is_int() || value.integer() < 0) return false;
    *total += value.integer();
  }
  return *total > 0;
}

std::string ObjectTable(std::string_view name, const Json::Object& object) {
  std::int64_t total = 0;
  const bool is_counts = IsCounts(object, &total);
  HtmlTable table(Words(name), is_counts ? std::vector<HtmlTable::Column>{{""}, {"Count", true}, {"Share", true}}
                                         : std::vector<HtmlTable::Column>{});
  for (const auto& [key, value] : object) {
    std::vector<std::string> cells{EscapeHtml(Words(key)), Value(value)};
    if (is_counts) cells.push_back(FormatShare(static_cast<double>(value.integer()) / static_cast<double>(total)));
    table.AddRow(cells);
  }
  return table.ToHtml();
}

std::string Document(const WrongDocument& document) {
  const std::string_view opening = utf8::Truncate(document.text, kOpeningBytes);
  const std::string_view whole = utf8::Truncate(document.text, kWholeBytes);
  std::string out = fmt::format(
      "<article class=\"document\">\n<p class=\"verdict\"><span>said <b>{}</b> with {}</span><span>is <b>{}</b></span>"
      "<span class=\"muted code\">{}</span></p>\n",
      EscapeHtml(document.predicted), FormatShare(document.probability), EscapeHtml(document.truth),
      EscapeHtml(document.id));
  const bool is_long = opening.size() < document.text.size();
  out += fmt::format("<blockquote>{}{}</blockquote>\n", EscapeHtml(opening), is_long ? " …" : "");
  if (is_long) {
    out += fmt::format("<details><summary>Whole text</summary><blockquote>{}{}</blockquote></details>\n",
                       EscapeHtml(whole), whole.size() < document.text.size() ? " … (cut)" : "");
  }
  return out + "</article>\n";
}

}  // namespace

std::string JsonFacts(const Json& json) {
  if (!json.is_object() || json.object().empty()) return "";
  HtmlTable scalars("", {});
  std::string tables;
  for (const auto& [key, value] : json.object()) {
    if (value.is_object() && !value.object().empty()) {
      tables += Panel(ObjectTable(key, value.object()));
    } else {
      scalars.AddRow({EscapeHtml(Words(key)), fmt::format("<span class=\"wide\">{}</span>", Value(value))});
    }
  }
  const std::string first = scalars.empty() ? "" : Panel(scalars.ToHtml());
  return "<div class=\"columns\">\n" + first + tables + "</div>\n";
}

std::string WorstDocuments(const ReportInput& input) {
  std::string out;
  for (const WrongDocument& document : input.worst) out += Document(document);
  return Panel(out);
}

std::string Parameters(const ReportInput& input) {
  std::string panels;
  for (std::size_t i = 0; i < input.parameters.size();) {
    const std::string section = input.parameters[i].first.substr(0, input.parameters[i].first.find('.'));
    HtmlTable table(section, {});
    const std::string prefix = section + ".";
    do {
      const auto& [key, value] = input.parameters[i];
      const std::string_view name = key.rfind(prefix, 0) == 0 ? std::string_view(key).substr(prefix.size()) : key;
      table.AddRow({fmt::format("<code>{}</code>", EscapeHtml(name)),
                    fmt::format("<span class=\"wide\">{}</span>", EscapeHtml(value))});
      ++i;
    } while (i < input.parameters.size() && input.parameters[i].first.rfind(prefix, 0) == 0);
    panels += Panel(table.ToHtml());
  }
  return panels.empty() ? "" : "<div class=\"columns\">\n" + panels + "</div>\n";
}

}  // namespace valence::evaluation
