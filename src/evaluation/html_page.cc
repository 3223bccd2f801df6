// SPDX-License-Identifier: Apache-2.0
#include "html_page.h"

#include <fmt/format.h>

#include "html.h"
#include "valence/base/digest.h"

extern "C" {
extern const char valence_report_css_begin[];  // NOLINT(readability-identifier-naming): cmake/EmbedAsset.cmake
extern const char valence_report_css_end[];    // NOLINT(readability-identifier-naming)
}

namespace valence::evaluation {
namespace {

std::string CspHash(std::string_view content) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(content);
  return "'sha256-" + ToBase64(digest.Finish()) + "'";
}

}  // namespace

std::string_view ReportStyle() {
  return {valence_report_css_begin, static_cast<std::size_t>(valence_report_css_end - valence_report_css_begin)};
}

std::string PageHead(std::string_view title, std::string_view valence_version, std::string_view script) {
  const std::string script_policy = script.empty() ? "" : fmt::format("script-src {}; ", CspHash(script));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; {}style-src {}; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"valence {}\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n",
      script_policy, CspHash(ReportStyle()), EscapeHtml(valence_version), EscapeHtml(title), ReportStyle());
}

std::string Fact(std::string_view name, std::string_view html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
}

std::string PageFooter(std::string_view valence_version) {
  return fmt::format(
      "</main>\n<footer>Made by Valence {}. This page loads nothing and sends nothing.</footer>\n</div>\n",
      EscapeHtml(valence_version));
}

}  // namespace valence::evaluation
