// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/report.h"

#include <fmt/format.h>

#include <array>

#include "html.h"
#include "report_sections.h"
#include "valence/base/digest.h"
#include "valence/base/numbers.h"

extern "C" {
extern const char valence_report_js_begin[];   // NOLINT(readability-identifier-naming): cmake/EmbedAsset.cmake
extern const char valence_report_js_end[];     // NOLINT(readability-identifier-naming)
extern const char valence_report_css_begin[];  // NOLINT(readability-identifier-naming)
extern const char valence_report_css_end[];    // NOLINT(readability-identifier-naming)
}

namespace valence::evaluation {
namespace {

struct NamedSection {
  std::string_view id, link, title;
  std::string body;
};

std::string CspHash(std::string_view content) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(content);
  return "'sha256-" + ToBase64(digest.Finish()) + "'";
}

/// Nothing may be loaded; the one script and the one style sheet may run because their hashes say so.
std::string Head(const ReportInput& input, std::string_view script, std::string_view style) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; style-src {}; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"valence {}\">\n<title>{} · evaluation report</title>\n"
      "<style>{}</style>\n</head>\n",
      CspHash(script), CspHash(style), EscapeHtml(input.valence_version), EscapeHtml(input.title), style);
}

std::string Fact(std::string_view name, std::string_view html) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html);
}

std::string Header(const ReportInput& input) {
  std::string labels;
  for (const std::string& label : input.labels) labels += (labels.empty() ? "" : ", ") + EscapeHtml(label);
  const std::string_view gate = input.gate.passed ? R"(<span class="badge pass">Gate passed</span>)"
                                                  : R"(<span class="badge fail">Gate refused</span>)";
  return fmt::format(
             "<header>\n<p class=\"eyebrow\">Evaluation report</p>\n<div class=\"title\"><h1>{}</h1>{}</div>\n"
             "<dl class=\"facts\">\n",
             EscapeHtml(input.title), input.gate.checks.empty() ? "" : gate) +
         Fact("Test documents", WithThousands(static_cast<std::int64_t>(input.metrics.documents))) +
         Fact("Labels", labels) + Fact("Valence", EscapeHtml(input.valence_version)) +
         Fact("Model SHA-256", fmt::format("<code>{}</code>", EscapeHtml(input.model_digest))) + "</dl>\n</header>\n";
}

std::vector<NamedSection> Sections(const ReportInput& input) {
  return {{"summary", "Summary", "Summary", HeadlineCards(input)},
          {"metrics", "Metrics", "Metrics and gate", MetricsAndGate(input)},
          {"labels", "Labels", "Answers by label", ConfusionAndClasses(input)},
          {"curves", "Curves", "Curves", CurvePictures(input)},
          {"slices", "Text length", "By text length", SlicesTableAndPicture(input)},
          {"words", "Words", "Strongest words", TopWords(input)},
          {"errors", "Errors", "Most confidently wrong", WorstDocuments(input)},
          {"data", "Data", "Data", JsonFacts(input.data_report)},
          {"fit", "Fit", "Fit certificate", JsonFacts(input.certificate)},
          {"parameters", "Parameters", "Parameters", Parameters(input)}};
}

std::string Navigation(const std::vector<NamedSection>& sections) {
  std::string out = "<nav aria-label=\"Sections\"><ul>\n";
  for (const NamedSection& section : sections) {
    if (!section.body.empty()) out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.link);
  }
  return out + "</ul></nav>\n";
}

}  // namespace

std::string RenderReport(const ReportInput& input) {
  const std::string_view script(valence_report_js_begin, valence_report_js_end);
  const std::string_view style(valence_report_css_begin, valence_report_css_end);
  const std::vector<NamedSection> sections = Sections(input);
  std::string out = Head(input, script, style);
  out += "<body>\n<div class=\"wrap\">\n" + Header(input) + Navigation(sections) + "<main>\n";
  out +=
      "<noscript><p class=\"note small\">The pictures need JavaScript. Every figure is also in a table here or in "
      "<code>reports/plots/*.csv</code>.</p></noscript>\n";
  for (const NamedSection& section : sections) out += Section(section.id, section.title, section.body);
  out +=
      fmt::format("</main>\n<footer>Made by Valence {}. This page loads nothing and sends nothing.</footer>\n</div>\n",
                  EscapeHtml(input.valence_version));
  out += "<script type=\"application/json\" id=\"rows\">" + ScriptJson(PictureRows(input)) + "</script>\n";
  out += "<script>";
  out += script;
  out += "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace valence::evaluation
