// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"

namespace valence::evaluation {

/// `text` for HTML content and for attributes in double quotes. Ill-formed UTF-8 and control characters become U+FFFD.
std::string EscapeHtml(std::string_view text);

/// `json` as the content of <script type="application/json">: it can neither end the element nor open a comment.
std::string ScriptJson(const Json& json);

/// A metric with four decimals, or "n/a" if undefined.
std::string FormatFigure(double value);
/// 0.125 -> "12.5 %".
std::string FormatShare(double value);

/// A <table>. Cells are HTML (escape texts before); the first of a row is its header.
class HtmlTable {
 public:
  struct Column {
    std::string_view title;
    bool is_number = false;
  };

  /// An empty caption, or an empty list of columns, leaves that part out.
  HtmlTable(std::string_view caption, std::vector<Column> columns);
  void AddRow(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }
  /// The table inside a box that scrolls sideways on small screens.
  std::string ToHtml() const;

 private:
  bool IsNumber(std::size_t column) const { return column < columns_.size() && columns_[column].is_number; }

  std::string caption_;
  std::vector<Column> columns_;
  std::string rows_;
};

}  // namespace valence::evaluation
