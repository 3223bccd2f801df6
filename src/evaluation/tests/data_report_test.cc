// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/data_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace valence::evaluation {
namespace {

using testing::HasSubstr;
using testing::Not;

Json Report() {
  return Json::Parse(R"({
    "source": "reviews.csv", "input_rows": 1200, "kept_rows": 1000, "train_rows": 800, "test_rows": 200,
    "train_labels": {"bad": 300, "good": 500},
    "near_duplicates": {"similarity": 0.7, "pairs": 1, "documents": 2, "share": 0.002, "leaking_documents": 1,
      "leakage_share": 0.005, "train_pairs": 0, "test_pairs": 0, "leaking_pairs": 1, "examples": [
        {"similarity": 0.83, "first": {"id": "a", "source": "reviews.csv", "row": 7, "side": "train", "label": "good",
         "text": "<i>So</i> good"}, "second": {"source": "reviews.csv", "row": 8, "side": "test", "label": "bad",
         "text": "so good!"}}]},
    "contract": {"file": "data_contract.yaml", "passed": false, "baseline": "data_profile.json", "rules": [
      {"rule": "rows.max_empty_share", "ok": false, "figure": 0.10001, "maximum": 0.1, "examples": [
        {"source": "<b>.csv", "row": 12, "detail": "empty_text: nothing but white space"}]},
      {"rule": "text.min_ascii_share", "ok": true, "figure": 1.0, "minimum": 0.9},
      {"rule": "drift.max_label_psi", "ok": true, "skipped": "too few", "maximum": 0.2}]}})")
      .value();
}

TEST(DataReport, ShowsRulesFiguresLimitsAndRows) {
  const std::string html = RenderDataReport(Report(), "1.2.3");
  for (const char* part :
       {"Contract breached", "<code>rows.max_empty_share</code>", "0.10001", "&le; 0.1", "Breached", "&ge; 0.9", "Held",
        "not judged: too few", "&lt;b&gt;.csv row 12", "empty_text: nothing but white space", "data_profile.json",
        "1,200", "<caption>train labels</caption>", "62.5 %"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(DataReport, ShowsNearDuplicates) {
  const std::string html = RenderDataReport(Report(), "1.2.3");
  for (const char* part : {"83.0 %", "&lt;i&gt;So&lt;/i&gt; good", "reviews.csv row 8", "at least 70.0 %", "0.5 %"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(DataReport, LoadsAndRunsNothing) {
  const std::string html = RenderDataReport(Report(), "1.2.3");
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'sha256-"));
  for (const char* loader : {"<script", " src=", "<link", "@import", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(loader)));
  }
}

TEST(DataReport, LeavesOutWhatThereIsNot) {
  const std::string html = RenderDataReport(Json::Parse(R"({"source": "a", "contract": null})").value(), "1");
  EXPECT_THAT(html, Not(HasSubstr("id=\"contract\"")));
  EXPECT_THAT(html, Not(HasSubstr("id=\"near-duplicates\"")));
  EXPECT_THAT(html, Not(HasSubstr("badge pass")));
  EXPECT_THAT(RenderDataReport(Json(7), "1"), HasSubstr("</html>"));
}

TEST(DataReport, SummaryHasCountsButNoLists) {
  const Json summary = SummariseDataReport(Report());
  EXPECT_EQ(*summary.Find("contract"), Json::Parse(R"({"file": "data_contract.yaml", "passed": false,
                                                       "baseline": "data_profile.json", "rules": 3})")
                                           .value());
  EXPECT_EQ(summary.Find("near_duplicates")->Find("examples"), nullptr);
  EXPECT_EQ(summary.Find("near_duplicates")->Find("pairs")->integer(), 1);
  EXPECT_EQ(summary.Find("input_rows")->integer(), 1200);
}

}  // namespace
}  // namespace valence::evaluation
