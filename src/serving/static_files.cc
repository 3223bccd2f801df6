// SPDX-License-Identifier: Apache-2.0
#include "static_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "valence/base/check.h"
#include "valence/base/digest.h"

// Embedded by valence_embed.
#define VALENCE_PAGE_FILE(name)                        \
  extern "C" const char valence_page_##name##_begin[]; \
  extern "C" const char valence_page_##name##_end[]
VALENCE_PAGE_FILE(page_js);
VALENCE_PAGE_FILE(style_css);
VALENCE_PAGE_FILE(icon_svg);
VALENCE_PAGE_FILE(docs_js);
VALENCE_PAGE_FILE(docs_css);
VALENCE_PAGE_FILE(swagger_ui_js);
VALENCE_PAGE_FILE(swagger_ui_css);
#undef VALENCE_PAGE_FILE

namespace valence::serving {
namespace {

constexpr std::string_view kScript = "text/javascript; charset=utf-8";
constexpr std::string_view kStyle = "text/css; charset=utf-8";

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::span<const StaticFile> StaticFiles() {
  static const std::array<StaticFile, 7> files = {
      {{"/static/style.css", Between(valence_page_style_css_begin, valence_page_style_css_end), kStyle},
       {"/static/page.js", Between(valence_page_page_js_begin, valence_page_page_js_end), kScript},
       {"/static/icon.svg", Between(valence_page_icon_svg_begin, valence_page_icon_svg_end), "image/svg+xml"},
       {"/static/docs.css", Between(valence_page_docs_css_begin, valence_page_docs_css_end), kStyle},
       {"/static/docs.js", Between(valence_page_docs_js_begin, valence_page_docs_js_end), kScript},
       {"/static/swagger-ui.css", Between(valence_page_swagger_ui_css_begin, valence_page_swagger_ui_css_end), kStyle},
       {"/static/swagger-ui.js", Between(valence_page_swagger_ui_js_begin, valence_page_swagger_ui_js_end), kScript}}};
  return files;
}

const StaticFile* FindStaticFile(std::string_view path) {
  const auto files = StaticFiles();
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  return found == files.end() ? nullptr : &*found;
}

std::string StaticAddress(std::string_view path) {
  const StaticFile* const file = FindStaticFile(path);
  VALENCE_CHECK(file != nullptr, "a page names a file that there is");
  return fmt::format("{}?v={}", path, Sha256Hex(file->packed).substr(0, 12));
}

}  // namespace valence::serving
