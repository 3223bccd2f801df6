// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "sample_report.h"
#include "valence/base/digest.h"

namespace valence::evaluation {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What stands between `open` and the next `close`.
std::string Between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return "";
  const std::size_t start = begin + open.size();
  return text.substr(start, text.find(close, start) - start);
}

std::size_t CountOf(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string CspHash(const std::string& content) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(content);
  return "'sha256-" + ToBase64(digest.Finish()) + "'";
}

TEST(Report, AllowsItsOwnScriptAndStyleOnly) {
  const std::string html = RenderReport(SampleReport(2));
  const std::string policy = Between(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, HasSubstr("script-src " + CspHash(Between(html, "<script>", "</script>"))));
  EXPECT_THAT(policy, HasSubstr("style-src " + CspHash(Between(html, "<style>", "</style>"))));
}

TEST(Report, LoadsNothing) {
  const std::string html = RenderReport(SampleReport(2));
  for (const char* loader : {" src=", "<link", "@import", "url("}) {
    const std::string page = html.substr(0, html.find("<script>")) + Between(html, "<style>", "</style>");
    // The sample's text has a src of its own, escaped.
    EXPECT_EQ(CountOf(page, loader), CountOf(page, std::string("&lt;img") + loader)) << loader;
  }
}

TEST(Report, EscapesTexts) {
  ReportInput input = SampleReport(2);
  input.title = "<script>alert(1)</script>";
  input.labels[1] = "\"><b>bold</b>";
  const std::string html = RenderReport(input);
  EXPECT_EQ(CountOf(html, "<script"), 2u);  // the rows and the bundle
  EXPECT_EQ(CountOf(html, "</script"), 2u);
  EXPECT_THAT(html, HasSubstr("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
  EXPECT_THAT(html, Not(HasSubstr("<b>bold</b>")));
  EXPECT_THAT(html, HasSubstr("&lt;/script&gt;&lt;script&gt;document.title"));
}

TEST(Report, KeepsItsRowsInsideTheirElement) {
  const ReportInput input = SampleReport(2);
  const std::string json = Between(RenderReport(input), "<script type=\"application/json\" id=\"rows\">", "</script>");
  EXPECT_THAT(json, Not(HasSubstr("<")));
  const Json rows = Json::Parse(json).value();
  EXPECT_EQ(rows.Find("words_0")->array()[9].Find("term")->string(), "<b>awful</b>");
  EXPECT_EQ(rows.Find("calibration")->array().size(), 15u);
  EXPECT_TRUE(rows.Find("roc")->array()[0].Find("threshold")->is_null());  // infinity
}

TEST(Report, ShowsFiguresWithoutAScript) {
  const ReportInput input = SampleReport(2);
  const std::string html = RenderReport(input);
  const std::string tables = Between(html, "<main>", "</main>");
  char accuracy[16];
  std::snprintf(accuracy, sizeof accuracy, "%.4f", input.metrics.accuracy);
  EXPECT_THAT(tables, HasSubstr(accuracy));
  EXPECT_THAT(tables, HasSubstr("class=\"badge pass\""));
  EXPECT_THAT(tables, HasSubstr("<caption>rejected by reason</caption>"));
  EXPECT_THAT(tables, HasSubstr("77.5 %"));  // 31 of 40 rejected rows are duplicates
  for (const char* id :
       {"summary", "metrics", "labels", "curves", "slices", "words", "errors", "data", "fit", "parameters"}) {
    EXPECT_THAT(html, HasSubstr("<section id=\"" + std::string(id) + "\"")) << id;
    EXPECT_THAT(html, HasSubstr("<a href=\"#" + std::string(id) + "\"")) << id;
  }
}

TEST(Report, SaysWhatTheGateMissed) {
  ReportInput input = SampleReport(2);
  input.gate.passed = false;
  input.gate.checks = {{"accuracy", 0.5, 0.75, true, false}};
  EXPECT_THAT(RenderReport(input), HasSubstr("accuracy 0.5 is below the minimum 0.75"));
  EXPECT_THAT(RenderReport(input), HasSubstr("Gate refused"));
}

TEST(Report, LeavesOutWhatThereIsNot) {
  ReportInput input = SampleReport(2);
  input.slices.clear();
  input.worst.clear();
  input.top_words.clear();
  input.data_report = nullptr;
  input.certificate = nullptr;
  input.metrics.intervals.clear();
  input.metrics.roc_auc = std::numeric_limits<double>::quiet_NaN();
  const std::string html = RenderReport(input);
  for (const char* id : {"slices", "words", "errors", "data", "fit"}) {
    EXPECT_THAT(html, Not(HasSubstr("#" + std::string(id) + "\""))) << id;
  }
  EXPECT_THAT(html, HasSubstr("n/a"));
  EXPECT_THAT(html, Not(HasSubstr("95 %")));
}

TEST(Report, IsTheSameForTheSameInput) { EXPECT_EQ(RenderReport(SampleReport(3)), RenderReport(SampleReport(3))); }

TEST(ModelCard, OpensWithTheHubsHead) {
  const ReportInput input = SampleReport(2);
  const std::string card = RenderModelCard(input);
  EXPECT_EQ(card.rfind("---\n", 0), 0u);
  const std::string head = Between(card, "---\n", "\n---\n");
  EXPECT_THAT(head, HasSubstr("pipeline_tag: text-classification"));
  EXPECT_THAT(head, HasSubstr("- name: \"Sentiment of reviews\""));
  EXPECT_THAT(head, HasSubstr("    - type: accuracy\n      name: \"Accuracy\"\n      value: 0."));
}

TEST(ModelCard, TellsFiguresWeaknessesAndUse) {
  const ReportInput input = SampleReport(2);
  const std::string card = RenderModelCard(input);
  for (const char* part : {"## Intended use", "## Data", "## Metrics", "### By text length", "## Gate", "**Passed**",
                           "## Limitations", "## How to use it", "valence predict --model", "safe_open"}) {
    EXPECT_THAT(card, HasSubstr(part));
  }
  EXPECT_THAT(card, HasSubstr(input.model_digest));
  EXPECT_THAT(card, HasSubstr("| negative | 8,013 | 1,987 |"));
  EXPECT_THAT(card, HasSubstr("It finds 'n"));
}

TEST(ModelCard, EscapesMarkdown) {
  ReportInput input = SampleReport(2);
  input.labels[0] = "a|b *c*\nd";
  EXPECT_THAT(RenderModelCard(input), HasSubstr("| a\\|b \\*c\\* d |"));
}

}  // namespace
}  // namespace valence::evaluation
