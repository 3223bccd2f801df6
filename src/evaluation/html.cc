// SPDX-License-Identifier: Apache-2.0
#include "html.h"

#include <fmt/format.h>

#include <cmath>

#include "valence/base/utf8.h"

namespace valence::evaluation {

std::string EscapeHtml(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(text.size());
  for (const char c : utf8::Repair(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if ((byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F) {
      out += kReplacement;
    } else {
      out += c;
    }
  }
  return out;
}

std::string ScriptJson(const Json& json) {
  std::string out;
  for (const char c : json.Dump()) {
    if (c == '<') {  // in JSON, only inside strings
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

std::string FormatFigure(double value) { return std::isnan(value) ? "n/a" : fmt::format("{:.4f}", value); }

std::string FormatShare(double value) { return std::isnan(value) ? "n/a" : fmt::format("{:.1f} %", 100 * value); }

HtmlTable::HtmlTable(std::string_view caption, std::vector<Column> columns)
    : caption_(caption), columns_(std::move(columns)) {}

void HtmlTable::AddRow(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view number = IsNumber(i) ? R"( class="num")" : "";
    rows_ += i == 0 ? fmt::format(R"(<th scope="row"{}>{}</th>)", number, cells[i])
                    : fmt::format("<td{}>{}</td>", number, cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::ToHtml() const {
  // tabindex: who scrolls with the keyboard must be able to focus what scrolls.
  std::string out = R"(<div class="scroll" tabindex="0"><table>)";
  if (!caption_.empty()) out += fmt::format("<caption>{}</caption>", EscapeHtml(caption_));
  out += '\n';
  if (!columns_.empty()) {
    out += "<thead><tr>";
    for (const Column& column : columns_) {
      if (column.title.empty()) {
        out += "<td></td>";  // a header says something
        continue;
      }
      out += fmt::format(R"(<th scope="col"{}>{}</th>)", column.is_number ? R"( class="num")" : "",
                         EscapeHtml(column.title));
    }
    out += "</tr></thead>\n";
  }
  return out + "<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

}  // namespace valence::evaluation
