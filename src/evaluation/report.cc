// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/report.h"

#include <fmt/format.h>

#include "html.h"
#include "html_page.h"
#include "report_sections.h"
#include "valence/base/numbers.h"

extern "C" {
extern const char valence_report_js_begin[];  // NOLINT(readability-identifier-naming): cmake/EmbedAsset.cmake
extern const char valence_report_js_end[];    // NOLINT(readability-identifier-naming)
}

namespace valence::evaluation {
namespace {

struct NamedSection {
  std::string_view id, link, title;
  std::string body;
};

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
  const std::vector<NamedSection> sections = Sections(input);
  std::string out = PageHead(input.title + " · evaluation report", input.valence_version, script);
  out += "<body>\n<div class=\"wrap\">\n" + Header(input) + Navigation(sections) + "<main>\n";
  out +=
      "<noscript><p class=\"note small\">The pictures need JavaScript. Every figure is also in a table here or in "
      "<code>reports/plots/*.csv</code>.</p></noscript>\n";
  for (const NamedSection& section : sections) out += Section(section.id, section.title, section.body);
  out += PageFooter(input.valence_version);
  out += "<script type=\"application/json\" id=\"rows\">" + ScriptJson(PictureRows(input)) + "</script>\n";
  out += "<script>";
  out += script;
  out += "</script>\n</body>\n</html>\n";
  return out;
}

}  // namespace valence::evaluation
