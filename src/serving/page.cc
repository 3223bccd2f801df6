// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include "page_result.h"
#include "static_files.h"
#include "valence/base/json.h"
#include "valence/base/numbers.h"
#include "valence/base/version.h"

// Embedded by valence_embed.
extern "C" const char valence_page_html_begin[];
extern "C" const char valence_page_html_end[];
extern "C" const char valence_docs_html_begin[];
extern "C" const char valence_docs_html_end[];

namespace valence::serving {
namespace {

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

std::string MakeDocs(std::string_view source) {
  std::string page;
  HtmlTemplate(source).Render(
      [](std::string_view gap, std::string* to) {
        if (gap == "swagger") to->append(StaticAddress("/static/swagger-ui.js"));
        if (gap == "swagger_style") to->append(StaticAddress("/static/swagger-ui.css"));
        if (gap == "docs") to->append(StaticAddress("/static/docs.js"));
        if (gap == "docs_style") to->append(StaticAddress("/static/docs.css"));
        if (gap == "icon") to->append(StaticAddress("/static/icon.svg"));
      },
      &page);
  return page;
}

void AppendCardLink(const ServedModel& model, std::string* to) {
  if (model.card().empty()) return;
  to->append("<a id=\"card-link\" href=\"/v1/models/").append(model.name()).append("/card\">Model card</a>");
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

Page::Page()
    : template_(Between(valence_page_html_begin, valence_page_html_end)),
      style_(StaticAddress("/static/style.css")),
      script_(StaticAddress("/static/page.js")),
      icon_(StaticAddress("/static/icon.svg")),
      docs_(MakeDocs(Between(valence_docs_html_begin, valence_docs_html_end))) {}

void Page::RenderAnswer(const ServedModel& model, std::string_view text, const classifier::Prediction& prediction,
                        std::string* out) const {
  std::string result;
  AppendResult(model.classifier(), text, prediction, &result);
  Render(model, text, result, out);
}

void Page::RenderError(const ServedModel& model, std::string_view text, std::string_view message,
                       std::string* out) const {
  std::string result = R"(<p class="error" role="alert">)";
  AppendHtml(message, &result);
  result.append("</p>");
  Render(model, text, result, out);
}

void Page::Render(const ServedModel& model, std::string_view text, std::string_view result, std::string* out) const {
  template_.Render(
      [&](std::string_view gap, std::string* to) {
        if (gap == "style") to->append(style_);
        if (gap == "script") to->append(script_);
        if (gap == "icon") to->append(icon_);
        if (gap == "text") AppendHtml(text, to);
        if (gap == "result") to->append(result);
        if (gap == "labels") AppendHtml(Json::ArrayOf(model.classifier().labels()).Dump(), to);
        if (gap == "hidden") to->append(result.empty() ? " hidden" : "");
        if (gap == "model") AppendHtml(model.classifier().version(), to);
        if (gap == "features") to->append(WithThousands(model.classifier().features()));
        if (gap == "card") AppendCardLink(model, to);
        if (gap == "version") to->append(kVersion);
      },
      out);
}

}  // namespace valence::serving
