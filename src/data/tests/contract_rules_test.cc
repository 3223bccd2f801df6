// SPDX-License-Identifier: Apache-2.0
// Contracts judged on small files, figures by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/data/ingest.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ContractRulesTest : public testing::Test {
 protected:
  ContractRulesTest() {
    config_.contract = folder_.path() / "contract.yaml";
    config_.min_label_documents = 1;
    config_.max_conflict_share = 1;
    config_.max_rejected_share = 1;
    config_.max_duplicate_share = 1;
  }

  std::string Put(const std::string& name, std::string_view bytes) {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
    return folder_.path() / name;
  }

  /// The report of `csv` under `contract`.
  IngestReport Judge(const std::string& contract, std::string_view csv, const std::string& name = "a.csv") {
    Put("contract.yaml", contract);
    config_.source = Put(name, csv);
    auto output = Ingest(config_, Progress::None());
    EXPECT_THAT(output, IsOk());
    return output.has_value() ? std::move(output->report) : IngestReport();
  }

  /// "rule figure limit" of each rule, a breached one with its examples' rows.
  static std::vector<std::string> Show(const IngestReport& report) {
    std::vector<std::string> lines;
    for (const RuleOutcome& rule : report.contract.value().rules) {
      std::string& line =
          lines.emplace_back(rule.rule + " " + Json(rule.figure).Dump() + " " + Json(rule.limit).Dump());
      if (!rule.skipped.empty()) line = rule.rule + " " + rule.skipped;
      if (!rule.ok()) line += " BREACHED";
      for (const RowExample& example : rule.examples) line += " " + std::to_string(example.row);
    }
    return lines;
  }

  TempDir folder_;
  IngestConfig config_;
};

constexpr std::string_view kFour = "text,label\naa,x\nbbb,y\ncccc,x\nddddd,x\n";

TEST_F(ContractRulesTest, LabelsAndCounts) {
  const IngestReport report =
      Judge("labels: {allowed: [x], min_share: 0.3, max_share: 0.7}\nrows: {min_documents: 5}\n", kFour);
  EXPECT_FALSE(report.accepted());
  EXPECT_THAT(Show(report),
              ElementsAre("labels.allowed 1.0 0.0 BREACHED 2", "labels.min_share 0.25 0.3 BREACHED 2",
                          "labels.max_share 0.75 0.7 BREACHED 1 3 4", "rows.min_documents 4.0 5.0 BREACHED"));
}

TEST_F(ContractRulesTest, ALimitThatIsMetExactlyHolds) {
  const IngestReport report = Judge(
      "labels: {allowed: [x, y], min_share: 0.25, max_share: 0.75}\nrows: {min_documents: 4}\n"
      "text: {min_bytes: {min: 2, p50: 3.5}, max_bytes: {max: 5}}\n",
      kFour);
  EXPECT_TRUE(report.accepted());
  EXPECT_EQ(report.contract->rules.size(), 7u);
}

TEST_F(ContractRulesTest, RejectedRows) {
  // 10 rows: 1 empty, 1 without label, 2 duplicates, 2 in conflict.
  const IngestReport report = Judge(
      "rows: {max_rejected_share: 0.1, max_empty_share: 0.05, max_duplicate_share: 0.1, max_conflict_share: 0.1}\n",
      "text,label\na,x\nb,y\n ,x\nc,\na,x\na,x\nd,x\nd,y\ne,x\nf,y\n");
  EXPECT_THAT(
      Show(report),
      ElementsAre("rows.max_rejected_share 0.2 0.1 BREACHED 3 4", "rows.max_empty_share 0.1 0.05 BREACHED 3",
                  "rows.max_duplicate_share 0.2 0.1 BREACHED 5 6", "rows.max_conflict_share 0.2 0.1 BREACHED 7 8"));
  EXPECT_EQ(ToText(report.contract->rules[2].examples[0]), "a.csv row 5: duplicate: same text as a.csv row 1");
}

TEST_F(ContractRulesTest, TheContractSpeaksBeforeIngestsOwnLimits) {
  config_.max_rejected_share = 0.05;
  Put("contract.yaml", "rows: {max_rejected_share: 0.04}\n");
  config_.source = Put("a.csv", "text,label\na,x\nb,y\n ,x\n");
  EXPECT_THAT(Ingest(config_, Progress::None()), IsOk());
  Put("contract.yaml", "rows: {max_rejected_share: 0.5}\n");
  EXPECT_THAT(Ingest(config_, Progress::None()), IsError(ErrorCode::kDataCorrupt, HasSubstr("max_rejected_share")));
}

TEST_F(ContractRulesTest, Lengths) {
  // 2, 3, 4, 5 bytes: p25 = 2.75, mean = 3.5.
  const IngestReport report = Judge("text: {min_bytes: {p25: 3, mean: 3.5}, max_bytes: {max: 4}}\n", kFour);
  EXPECT_THAT(Show(report), ElementsAre("text.min_bytes.mean 3.5 3.5", "text.min_bytes.p25 2.75 3.0 BREACHED 1 2 3",
                                        "text.max_bytes.max 5.0 4.0 BREACHED 4 3 2"));
}

TEST_F(ContractRulesTest, Languages) {
  // ASCII: 11 + 9 + 3 of 11 + 9 + 7 characters. English: 2 of 4, 0 of 2 and 0 of 1 words.
  const IngestReport report = Judge("text: {min_ascii_share: 0.9, min_english_share: 0.5, english_stop_words: 0.5}\n",
                                    "text,label\nthis is fun,x\ngute Idee,y\n\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F"
                                    "abc,x\n");
  const auto& rules = report.contract->rules;
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_DOUBLE_EQ(rules[0].figure, 23.0 / 27);
  EXPECT_EQ(ToText(rules[0].examples[0]), "a.csv row 3: 42.9% ASCII");
  EXPECT_DOUBLE_EQ(rules[1].figure, 1.0 / 3);
  EXPECT_EQ(ToText(rules[1].examples[0]), "a.csv row 2: 0 of 2 words are English stop words");
}

TEST_F(ContractRulesTest, ColumnsOfTables) {
  const IngestReport report = Judge(
      "columns: {types: {id: integer, text: string, price: number, sold: boolean, gone: string},\n"
      "          allow_others: false, max_mistyped_share: 0.25}\n",
      "id,text,label,price,sold,extra\n1,a,x,1.5,true,\n2,b,y,,,\nthree,c,x,2,True,\n4,d,y,cheap,false,\n");
  EXPECT_THAT(Show(report),
              ElementsAre("columns.types 1.0 0.0 BREACHED 0", "columns.max_mistyped_share 0.5 0.25 BREACHED 3 4",
                          "columns.allow_others 1.0 0.0 BREACHED 0"));
  const auto& rules = report.contract->rules;
  EXPECT_EQ(ToText(rules[0].examples[0]), "a.csv: no column 'gone'; found: extra, id, label, price, sold, text");
  EXPECT_EQ(ToText(rules[1].examples[1]), "a.csv row 4: column 'price' should be of type number, found cheap");
  EXPECT_EQ(ToText(rules[2].examples[0]), "a.csv: the column 'extra' is not in columns.types");
}

TEST_F(ContractRulesTest, MembersOfJson) {
  const IngestReport report = Judge("columns: {types: {n: integer, f: number, s: string, b: boolean}}\n",
                                    "{\"text\":\"a\",\"label\":\"x\",\"n\":1,\"f\":1,\"s\":\"1\",\"b\":true}\n"
                                    "{\"text\":\"b\",\"label\":\"y\",\"n\":1.0,\"f\":1.5,\"s\":null}\n"
                                    "{\"text\":\"c\",\"label\":\"y\",\"s\":1}\n"
                                    "{\"text\":\"d\",\"label\":\"y\",\"b\":\"true\"}\n",
                                    "a.jsonl");
  EXPECT_THAT(Show(report), ElementsAre("columns.types 0.0 0.0", "columns.max_mistyped_share 0.75 0.0 BREACHED 2 3 4"));
}

TEST_F(ContractRulesTest, NearDuplicates) {
  // Row 2 is row 1 but for case and stops; the folder says which side a row is on.
  std::filesystem::create_directory(folder_.path() / "in");
  Put("in/train.csv", "text,label\nThe very same words,x\nthe very same words!,x\nsomething else entirely,y\n");
  Put("in/test.csv", "text,label\nTHE VERY SAME WORDS.,x\nnothing like it,y\n");
  Put("contract.yaml", "near_duplicates: {max_share: 0.5, max_leakage_share: 0.4}\n");
  config_.source = folder_.path() / "in";
  const auto output = Ingest(config_, Progress::None());
  ASSERT_THAT(output, IsOk());
  const NearDuplicateReport& report = output->report.near_duplicates.value();
  EXPECT_EQ(report.pairs, 3u);
  EXPECT_EQ(report.train_pairs, 1u);
  EXPECT_EQ(report.leaking_pairs, 2u);
  EXPECT_DOUBLE_EQ(report.share, 3.0 / 5);
  EXPECT_DOUBLE_EQ(report.leakage_share, 1.0 / 2);
  EXPECT_THAT(Show(output->report), ElementsAre("near_duplicates.max_share 0.6 0.5 BREACHED 1 1 1",
                                                "near_duplicates.max_leakage_share 0.5 0.4 BREACHED 1 1"));
  EXPECT_EQ(ToText(output->report.contract->rules[1].examples[0]),
            "test.csv row 1: id test.csv:1, test, 100.0% like train.csv row 1: id train.csv:1, train");
}

TEST_F(ContractRulesTest, NearDuplicatesCanBeRejected) {
  config_.contract = "";
  config_.near_duplicates = "reject";
  config_.source = Put("a.csv", "text,label\nall the same words,x\nAll the same words!,x\nno,y\nyes,y\n");
  const auto output = Ingest(config_, Progress::None());
  ASSERT_THAT(output, IsOk());
  ASSERT_EQ(output->rejected.size(), 1u);
  EXPECT_EQ(output->rejected[0].reason, "near_duplicate");
  EXPECT_EQ(output->rejected[0].row, 2u);
  EXPECT_EQ(output->rejected[0].detail, "100.0% like a.csv row 1: a.csv:1");
  EXPECT_EQ(output->report.near_duplicates->pairs, 0u);
}

TEST_F(ContractRulesTest, DriftFromARenewedBaseline) {
  const std::string contract =
      "drift: {baseline: profile.json, min_documents: 4, max_label_share_change: 0.1, max_label_psi: 0.1,\n"
      "        max_length_psi: 0.1, max_median_length_change: 0.1, max_unseen_word_share: 0.1}\n";
  Put("contract.yaml", contract);
  config_.source = Put("a.csv", kFour);
  EXPECT_THAT(Ingest(config_, Progress::None()), IsError(ErrorCode::kNotFound, HasSubstr("--write-baseline")));
  const auto renewed = Ingest(config_, Progress::None(), BaselineUse::kRenew);
  ASSERT_THAT(renewed, IsOk());
  ASSERT_TRUE(renewed->baseline.has_value());
  EXPECT_EQ(renewed->baseline->path, folder_.path() / "profile.json");
  Put("profile.json", renewed->baseline->text);

  const IngestReport same = Judge(contract, kFour);
  EXPECT_TRUE(same.accepted());
  EXPECT_EQ(same.ToJson(), renewed->report.ToJson());
  // x: 3/4 -> 1/4; median 3.5 -> 7; half of the words are new.
  const IngestReport other = Judge(contract, "text,label\naa,y\nbbb,y\nlonger texts,x\nnew words,y\n");
  EXPECT_FALSE(other.accepted());
  const auto& rules = other.contract->rules;
  ASSERT_EQ(rules.size(), 5u);
  EXPECT_EQ(rules[0].figure, 0.5);
  EXPECT_EQ(rules[3].figure, (6 - 3.5) / 3.5);  // lengths 2, 3, 9, 12
  EXPECT_DOUBLE_EQ(rules[4].figure, 4.0 / 6);
  EXPECT_EQ(ToText(rules[4].examples[0]), "a.csv row 3: 100.0% of its words are unseen");
}

TEST_F(ContractRulesTest, DriftOfFewDocumentsIsNotJudged) {
  Put("contract.yaml", "drift: {baseline: p.json, max_label_psi: 0}\n");
  config_.source = Put("a.csv", kFour);
  Put("p.json", Ingest(config_, Progress::None(), BaselineUse::kRenew)->baseline->text);
  const IngestReport report = Judge("drift: {baseline: p.json, max_label_psi: 0}\n", kFour);
  EXPECT_TRUE(report.accepted());
  EXPECT_THAT(Show(report), ElementsAre("drift.max_label_psi 4 documents here, 4 in the baseline, fewer than "
                                        "drift.min_documents = 500"));
}

TEST_F(ContractRulesTest, ABreachedContractRenewsNothing) {
  Put("contract.yaml", "rows: {min_documents: 5}\ndrift: {baseline: p.json}\n");
  config_.source = Put("a.csv", kFour);
  const auto output = Ingest(config_, Progress::None(), BaselineUse::kRenew);
  ASSERT_THAT(output, IsOk());
  EXPECT_FALSE(output->report.accepted());
  EXPECT_FALSE(output->baseline.has_value());
}

TEST_F(ContractRulesTest, DriftNeedsABaseline) {
  Put("contract.yaml", "drift: {max_label_psi: 0.1}\n");
  config_.source = Put("a.csv", kFour);
  EXPECT_THAT(Ingest(config_, Progress::None()),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("contract.yaml: drift has limits but no baseline")));
  config_.contract = "";
  EXPECT_THAT(Ingest(config_, Progress::None(), BaselineUse::kRenew),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("ingest.baseline")));
}

TEST_F(ContractRulesTest, OtherSourcesAreNotJudgedButTold) {
  const IngestReport report = Judge("applies_to: {sources: [sample]}\nrows: {min_documents: 1000}\n", kFour);
  EXPECT_TRUE(report.accepted());
  EXPECT_THAT(report.contract->rules, IsEmpty());
  EXPECT_THAT(report.warnings,
              testing::Contains(HasSubstr("contract.yaml was not judged: it is about the source sample")));
}

}  // namespace
}  // namespace valence::data
