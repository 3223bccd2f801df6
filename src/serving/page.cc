// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

/// The file's path with a digest of its content, so that browsers may keep it for ever.
std::string Address(const StaticFile& file) {
  return fmt::format("{}?v={}", file.path, Sha256Hex(file.content).substr(0, 12));
}

const std::array<StaticFile, 3>& StaticFiles() {
  static const std::array<StaticFile, 3> files = {
      {{"/static/style.css", Between(valence_page_style_begin, valence_page_style_end), "text/css; charset=utf-8"},
       {"/static/page.js", Between(valence_page_script_begin, valence_page_script_end),
        "text/javascript; charset=utf-8"},
       {"/static/icon.svg", Between(valence_page_icon_begin, valence_page_icon_end), "image/svg+xml"}}};
  return files;
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

const StaticFile* FindStaticFile(std::string_view path) {
  const auto& files = StaticFiles();
  const auto* const found = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  return found == files.end() ? nullptr : found;
}

Page::Page()
    : template_(Between(valence_page_html_begin, valence_page_html_end)),
      style_(Address(StaticFiles()[0])),
      script_(Address(StaticFiles()[1])),
      icon_(Address(StaticFiles()[2])) {}

void Page::RenderAnswer(const classifier::Classifier& model, std::string_view text,
                        const classifier::Prediction& prediction, std::string* out) const {
  std::string result;
  AppendResult(model, text, prediction, &result);
  Render(model, text, result, out);
}

void Page::RenderError(const classifier::Classifier& model, std::string_view text, std::string_view message,
                       std::string* out) const {
  std::string result = R"(<p class="error" role="alert">)";
  AppendHtml(message, &result);
  result.append("</p>");
  Render(model, text, result, out);
}

void Page::Render(const classifier::Classifier& model, std::string_view text, std::string_view result,
                  std::string* out) const {
  template_.Render(
      [&](std::string_view gap, std::string* to) {
        if (gap == "style") to->append(style_);
        if (gap == "script") to->append(script_);
        if (gap == "icon") to->append(icon_);
        if (gap == "text") AppendHtml(text, to);
        if (gap == "result") to->append(result);
        if (gap == "labels") AppendHtml(Json::ArrayOf(model.labels()).Dump(), to);
        if (gap == "hidden") to->append(result.empty() ? " hidden" : "");
        if (gap == "model") AppendHtml(model.version(), to);
        if (gap == "features") to->append(WithThousands(model.features()));
        if (gap == "version") to->append(kVersion);
      },
      out);
}

}  // namespace valence::serving
