// SPDX-License-Identifier: Apache-2.0
#include "html.h"

#include <array>
#include <charconv>
#include <cmath>

#include "valence/base/check.h"

namespace valence::serving {

void AppendHtml(std::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out->append("&amp;");
        break;
      case '<':
        out->append("&lt;");
        break;
      case '>':
        out->append("&gt;");
        break;
      case '"':
        out->append("&quot;");
        break;
      case '\'':
        out->append("&#39;");
        break;
      default:
        out->push_back(c);
    }
  }
}

std::string FixedDigits(double value, int digits, bool sign) {
  std::array<char, 400> buffer;  // as long as the largest double
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::fixed, digits)
          .ptr;
  std::string text(buffer.data(), end);
  if (value < 0) return "\u2212" + text;
  return sign ? "+" + text : text;
}

HtmlTemplate::HtmlTemplate(std::string_view source) {
  while (!source.empty()) {
    const std::size_t open = source.find("{{");
    if (open == std::string_view::npos) {
      parts_.push_back({source, {}});
      return;
    }
    const std::size_t close = source.find("}}", open);
    VALENCE_CHECK(close != std::string_view::npos, "a gap of the page's template is not closed");
    parts_.push_back({source.substr(0, open), source.substr(open + 2, close - open - 2)});
    source.remove_prefix(close + 2);
  }
}

void HtmlTemplate::Render(const std::function<void(std::string_view, std::string*)>& fill, std::string* out) const {
  for (const Part& part : parts_) {
    out->append(part.literal);
    if (!part.gap.empty()) fill(part.gap, out);
  }
}

}  // namespace valence::serving
