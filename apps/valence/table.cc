// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <algorithm>

#include "terminal.h"
#include "valence/base/utf8.h"

namespace valence::app {

std::string Table::Render() const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(utf8::Length(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8::Length(row[i]));
  }

  const auto cell = [&](const std::string& text, std::size_t i) {
    const std::string padding(widths[i] - utf8::Length(text), ' ');
    return columns_[i].align == Align::kRight ? padding + text : text + padding;
  };
  std::string out;
  const auto line = [&](const auto& text_of) {
    std::string row = "  ";
    for (std::size_t i = 0; i < columns_.size(); ++i) row += (i > 0 ? "  " : "") + text_of(i);
    row.erase(row.find_last_not_of(' ') + 1);
    out += row + '\n';
  };
  line([&](std::size_t i) { return Styled(cell(columns_[i].title, i), "1"); });
  for (const auto& row : rows_) {
    line([&](std::size_t i) { return cell(i < row.size() ? row[i] : std::string(), i); });
  }
  return out;
}

}  // namespace valence::app
