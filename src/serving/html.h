// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace valence::serving {

/// Appends `text` so that it stands for itself in HTML text and in quoted attributes.
void AppendHtml(std::string_view text, std::string* out);
/// `value` with `digits` after the point; with `sign`, also "+" (and a true minus sign).
std::string FixedDigits(double value, int digits, bool sign = false);

/// A text with `{{name}}` gaps.
class HtmlTemplate {
 public:
  explicit HtmlTemplate(std::string_view source);
  /// Appends the text; `fill(name, out)` appends what goes into a gap (as HTML).
  void Render(const std::function<void(std::string_view name, std::string* out)>& fill, std::string* out) const;

 private:
  struct Part {
    std::string_view literal;
    std::string_view gap;  ///< after the literal; "" at the end
  };
  std::vector<Part> parts_;
};

}  // namespace valence::serving
