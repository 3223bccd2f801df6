// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <fmt/format.h>

#include "page_result.h"
#include "valence/base/digest.h"
#include "valence/base/json.h"
#include "valence/base/numbers.h"
#include "valence/base/version.h"

// Embedded by valence_embed.
extern "C" const char valence_page_html_begin[];
extern "C" const char valence_page_html_end[];
extern "C" const char valence_page_style_begin[];
extern "C" const char valence_page_style_end[];
extern "C" const char valence_page_script_begin[];
extern "C" const char valence_page_script_end[];
extern "C" const char valence_page_icon_begin[];
extern "C" const char valence_page_icon_end[];

namespace valence::serving {
namespace {

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

std::string Address(std::string_view path, Route route) {
  return fmt::format("{}?v={}", path, Sha256Hex(FindStaticFile(route).content).substr(0, 12));
}

}  // namespace

const std::string_view kPageHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src "
    "'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cache-Control: no-store\r\n";

const std::string_view kStaticHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "Cache-Control: public, max-age=31536000, immutable\r\n";

StaticFile FindStaticFile(Route route) {
  switch (route) {
    case Route::kStyle:
      return {Between(valence_page_style_begin, valence_page_style_end), "text/css; charset=utf-8"};
    case Route::kScript:
      return {Between(valence_page_script_begin, valence_page_script_end), "text/javascript; charset=utf-8"};
    default:
      return {Between(valence_page_icon_begin, valence_page_icon_end), "image/svg+xml"};
  }
}

Page::Page(const classifier::Classifier& classifier)
    : classifier_(classifier),
      template_(Between(valence_page_html_begin, valence_page_html_end)),
      style_(Address("/static/style.css", Route::kStyle)),
      script_(Address("/static/page.js", Route::kScript)),
      icon_(Address("/static/icon.svg", Route::kIcon)) {}

void Page::RenderAnswer(std::string_view text, const classifier::Prediction& prediction, std::string* out) const {
  std::string result;
  AppendResult(classifier_, text, prediction, &result);
  Render(text, result, out);
}

void Page::RenderError(std::string_view text, std::string_view message, std::string* out) const {
  std::string result = R"(<p class="error" role="alert">)";
  AppendHtml(message, &result);
  result.append("</p>");
  Render(text, result, out);
}

void Page::Render(std::string_view text, std::string_view result, std::string* out) const {
  template_.Render(
      [&](std::string_view gap, std::string* to) {
        if (gap == "style") to->append(style_);
        if (gap == "script") to->append(script_);
        if (gap == "icon") to->append(icon_);
        if (gap == "text") AppendHtml(text, to);
        if (gap == "result") to->append(result);
        if (gap == "labels") AppendHtml(Json::ArrayOf(classifier_.labels()).Dump(), to);
        if (gap == "hidden") to->append(result.empty() ? " hidden" : "");
        if (gap == "model") AppendHtml(classifier_.version(), to);
        if (gap == "features") to->append(WithThousands(classifier_.features()));
        if (gap == "version") to->append(kVersion);
      },
      out);
}

}  // namespace valence::serving
