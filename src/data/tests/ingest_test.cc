// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class IngestTest : public testing::Test {
 protected:
  IngestTest() {
    config_.source = folder_.path() / "in";
    config_.cache_dir = folder_.path() / "cache";
    config_.contract = "";
    config_.min_label_documents = 1;
    config_.max_rejected_share = 1;
    config_.max_duplicate_share = 1;
    config_.max_conflict_share = 1;
  }

  /// Writes `bytes` as file `name` below the source folder.
  void Put(const std::string& name, std::string_view bytes) {
    const std::filesystem::path path = folder_.path() / "in" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }

  /// Ingests one file, named as the source itself.
  Result<IngestOutput> IngestFile(const std::string& name, std::string_view bytes) {
    Put(name, bytes);
    config_.source = folder_.path() / "in" / name;
    return Run();
  }

  Result<IngestOutput> Run() {
    Result<IngestOutput> output = Ingest(config_, Progress::None());
    if (output.has_value()) {
      const IngestReport& report = output->report;
      EXPECT_EQ(report.input_rows, report.kept_rows + output->rejected.size());
      EXPECT_EQ(report.kept_rows, output->split.train.size() + output->split.test.size());
    }
    return output;
  }

  /// "id=label:text" of a part, in order.
  static std::vector<std::string> Show(const Dataset& documents) {
    std::vector<std::string> out;
    for (const Document& d : documents) out.push_back(d.id + "=" + d.label + ":" + d.text);
    return out;
  }
  static std::vector<std::string> All(const IngestOutput& output) {
    std::vector<std::string> all = Show(output.split.train);
    for (std::string& line : Show(output.split.test)) all.push_back(std::move(line));
    return all;
  }
  /// "source:row reason" of the rejected rows.
  static std::vector<std::string> Rejected(const IngestOutput& output) {
    std::vector<std::string> out;
    for (const RejectedRow& row : output.rejected) {
      out.push_back(row.source + ":" + std::to_string(row.row) + " " + row.reason);
    }
    return out;
  }

  TempDir folder_;
  IngestConfig config_;
};

TEST_F(IngestTest, ReadsCsvByColumnNames) {
  const auto got = IngestFile("a.csv", "label,text\npos,good\nneg,\"bad,\nvery\"\npos,fine\nneg,dull\n");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), UnorderedElementsAre("a.csv:1=pos:good", "a.csv:2=neg:bad,\nvery", "a.csv:3=pos:fine",
                                              "a.csv:4=neg:dull"));
  EXPECT_THAT(got->report.test_labels, ElementsAre(Pair("neg", 1), Pair("pos", 1)));
  EXPECT_EQ(got->report.source_sha256.size(), 64u);
}

TEST_F(IngestTest, DetectsEveryFormatByNameOrContent) {
  const std::string csv = "text,label\na,x\nb,y\n";
  const std::string tsv = "text\tlabel\na\tx\nb\ty\n";
  const std::string jsonl = "{\"text\":\"a\",\"label\":\"x\"}\n\n{\"text\":\"b\",\"label\":\"y\"}";
  const std::string json = " [ {\"text\":\"a\",\"label\":\"x\"} ,\n{\"text\":\"b\",\"label\":\"y\"}\n]\n";
  const std::vector<std::pair<std::string, std::string>> files = {{"f.csv", csv},
                                                                  {"f.tsv", tsv},
                                                                  {"f.jsonl", jsonl},
                                                                  {"f.ndjson", jsonl},
                                                                  {"f.json", json},
                                                                  {"g.json", jsonl},
                                                                  {"noname", csv},
                                                                  {"tabs", tsv},
                                                                  {"lines", jsonl},
                                                                  {"array", json},
                                                                  {"bom.csv", "\xEF\xBB\xBF" + csv},
                                                                  {"bom.jsonl", "\xEF\xBB\xBF" + jsonl},
                                                                  {"bom.json", "\xEF\xBB\xBF" + json}};
  for (const auto& [name, bytes] : files) {
    const auto got = IngestFile(name, bytes);
    ASSERT_THAT(got, IsOk()) << name;
    EXPECT_THAT(All(*got), ElementsAre(name + ":1=x:a", name + ":2=y:b")) << name;
  }
}

TEST_F(IngestTest, TakesNumbersAndBooleansAsLabels) {
  const auto got = IngestFile("a.json", R"([{"text":"a","label":1},{"text":"b","label":0.5},{"text":"c","label":true},
                                           {"text":"d","label":null},{"text":"e"},{"text":"f","label":[1]}])");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), ElementsAre("a.json:1=1:a", "a.json:2=0.5:b", "a.json:3=true:c"));
  EXPECT_THAT(Rejected(*got),
              ElementsAre("a.json:4 missing_label", "a.json:5 missing_label", "a.json:6 malformed_row"));
}

TEST_F(IngestTest, RefusesANumberOfTooManyDigitsAsIdButNotBesideIt) {
  config_.id_column = "key";
  const auto got = IngestFile("a.json", R"([{"key":123456789012345678901234,"text":"a","label":"x"},
                                           {"key":"123456789012345678901234","text":"b","label":"x"},
                                           {"key":7,"text":"c","label":"y","other":123456789012345678901234}])");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), ElementsAre("123456789012345678901234=x:b", "7=y:c"));
  ASSERT_THAT(Rejected(*got), ElementsAre("a.json:1 malformed_row"));
  EXPECT_THAT(got->rejected[0].detail, HasSubstr("needs quotes"));
}

TEST_F(IngestTest, MapsLabelsAndTakesIds) {
  config_.labels = {{"1", "pos"}, {"0", "neg"}};
  config_.id_column = "key";
  const auto got = IngestFile("a.csv", "key,text,label\nk1,a,1\nk2,b, 0 \nk3,c,2\n");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), ElementsAre("k1=pos:a", "k2=neg:b"));
  ASSERT_EQ(got->rejected.size(), 1u);
  EXPECT_EQ(got->rejected[0].reason, "unknown_label");
  EXPECT_EQ(got->rejected[0].detail, "label '2' is not in ingest.labels");
}

TEST_F(IngestTest, RejectsBadRowsOneByOneAndSaysWhy) {
  config_.max_text_bytes = 10;
  const auto got = IngestFile("a.csv",
                              "text,label\n"
                              "good,x\n"
                              "caf\xE9,x\n"        // 2
                              "one,two,three\n"    // 3
                              "alone\n"            // 4
                              "no label,\n"        // 5
                              "\"\xC2\xA0 \",y\n"  // 6: NBSP and space
                              "hello world!,y\n"   // 7: 12 bytes
                              "bad,y\n");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), ElementsAre("a.csv:1=x:good", "a.csv:8=y:bad"));
  EXPECT_THAT(Rejected(*got), ElementsAre("a.csv:2 invalid_utf8", "a.csv:3 malformed_row", "a.csv:4 malformed_row",
                                          "a.csv:5 missing_label", "a.csv:6 empty_text", "a.csv:7 text_too_long"));
  EXPECT_EQ(got->rejected[0].detail, "byte 0xE9 at offset 3 is not UTF-8; is the encoding latin1 or cp1252?");
  EXPECT_EQ(got->rejected[0].text, "caf\xEF\xBF\xBD");
  EXPECT_EQ(got->rejected[1].detail, "expected 2 fields, found 3");
  EXPECT_EQ(got->rejected[5].detail, "12 bytes, over ingest.max_text_bytes = 10");
  EXPECT_EQ(got->report.input_rows, 8u);
}

TEST_F(IngestTest, DecodesLatin1AndCp1252AsPythonDoes) {
  const std::string bytes = "text,label\ncaf\xE9 \x80,x\n\x81,y\nplain,y\n";
  config_.encoding = "latin1";
  auto got = IngestFile("a.csv", bytes);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->report.kept_rows, 3u);
  EXPECT_EQ(All(*got)[0], "a.csv:1=x:caf\xC3\xA9 \xC2\x80");
  config_.encoding = "cp1252";
  got = IngestFile("a.csv", bytes);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(All(*got)[0], "a.csv:1=x:caf\xC3\xA9 \xE2\x82\xAC");
  EXPECT_THAT(Rejected(*got), ElementsAre("a.csv:2 invalid_utf8"));
  EXPECT_EQ(got->rejected[0].detail, "byte 0x81 at offset 0 is undefined in cp1252");
}

TEST_F(IngestTest, KeepsTheFirstOfExactDuplicates) {
  const auto got = IngestFile("a.csv", "text,label\na,x\nb,y\na,x\na ,x\nb,y\n");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Rejected(*got), ElementsAre("a.csv:3 duplicate", "a.csv:5 duplicate"));
  EXPECT_EQ(got->rejected[0].detail, "same text as a.csv row 1");
}

TEST_F(IngestTest, RejectsAllCopiesOfATextWithTwoLabels) {
  const auto got = IngestFile("a.csv", "text,label\na,x\nb,y\na,y\nc,x\na,x\n");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Rejected(*got),
              ElementsAre("a.csv:1 conflicting_label", "a.csv:3 conflicting_label", "a.csv:5 conflicting_label"));
  EXPECT_EQ(got->rejected[0].detail, "labelled 'x' here, 'y' in a.csv row 3");
  EXPECT_EQ(got->rejected[1].detail, "labelled 'y' here, 'x' in a.csv row 1");
}

TEST_F(IngestTest, TakesTheSplitFromFileNamesAndRejectsLeakage) {
  Put("train.csv", "text,label\na,x\nb,y\n");
  Put("test.jsonl",
      "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"c\",\"label\":\"y\"}\n{\"text\":\"c\",\"label\":\"y\"}\n");
  Put("README.md", "not a table");
  const auto got = Run();
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Show(got->split.train), ElementsAre("train.csv:1=x:a", "train.csv:2=y:b"));
  EXPECT_THAT(Show(got->split.test), ElementsAre("test.jsonl:2=y:c"));
  EXPECT_THAT(Rejected(*got), ElementsAre("test.jsonl:1 leakage", "test.jsonl:3 duplicate"));
  EXPECT_EQ(got->rejected[0].detail, "also in train: train.csv row 1");
  EXPECT_EQ(got->report.source_sha256, "");
  EXPECT_THAT(got->report.warnings, testing::Contains("no test document has the label 'x'"));
}

TEST_F(IngestTest, ReadsTheAclImdbLayout) {
  Put("aclImdb/train/pos/0_9.txt", "good");
  Put("aclImdb/train/pos/10_8.txt", "great");
  Put("aclImdb/train/neg/0_1.txt", "bad");
  Put("aclImdb/test/neg/5_2.txt", "dull");
  Put("aclImdb/train/unsup/7_0.txt", "ignored");
  Put("aclImdb/train/urls_pos.txt", "ignored");
  Put("aclImdb/train/pos/._0_9.txt", "ignored");
  const auto got = Run();
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Show(got->split.train),
              ElementsAre("train/neg/0_1=neg:bad", "train/pos/0_9=pos:good", "train/pos/10_8=pos:great"));
  EXPECT_THAT(Show(got->split.test), ElementsAre("test/neg/5_2=neg:dull"));
}

TEST_F(IngestTest, RefusesAFolderWithBothLayouts) {
  Put("train/pos/0_9.txt", "good");
  Put("a.csv", "text,label\na,x\n");
  EXPECT_THAT(Run(), IsError(ErrorCode::kDataCorrupt, HasSubstr("set ingest.format")));
}

TEST_F(IngestTest, ErrorsNameFileAndRowOrByte) {
  const auto error = [&](const std::string& name, std::string_view bytes, const std::string& message) {
    EXPECT_THAT(IngestFile(name, bytes), IsError(ErrorCode::kDataCorrupt, HasSubstr(message))) << message;
  };
  error("a.csv", "", "a.csv: the file is empty");
  error("a.csv", "\n\n", "a.csv: no header");
  error("a.csv", "body,label\nx,y\n",
        "a.csv: row 1: no column 'text'; the header has: body, label. Set ingest.text_column");
  error("a.csv", "text,text,label\n", "the column 'text' twice");
  error("a.csv", "text,label\n", "found none in 0 training documents");
  error("a.csv", "text,label\na,\"b\n", "a.csv: row 2, byte 13: a quoted field opens here and is never closed");
  error("a.csv", std::string("\xFF\xFEt\0e\0", 6), "UTF-16");
  error("a.json", "{}", "a.json");
  error("a.json", "[{},", "a.json: byte 4: the array is not closed");
  error("a.json", "[{},]", "a.json: byte 4: expected an element");
  error("a.json", "[{}] x", "a.json: byte 5: bytes after the end of the array");
  error("a.json", "[{} {}", "a.json: byte 6: the array is not closed");
}

TEST_F(IngestTest, RejectsBadJsonElementsOneByOne) {
  const std::string deep(2000, '[');
  const auto got = IngestFile(
      "a.json", "[{\"text\":\"a\",\"label\":\"x\"}, nonsense, 7, {\"text\":\"\\ud800\",\"label\":\"x\"}," +
                    ("{\"text\":" + deep + std::string(2000, ']') + ",\"label\":\"x\"},") +
                    "{\"text\":\"tab\tin string\",\"label\":\"x\"},{\"label\":\"x\"},{\"text\":1,\"label\":\"x\"},"
                    "{\"text\":\"b]},{\\\"\",\"label\":\"y\"}]");
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(All(*got), ElementsAre("a.json:1=x:a", "a.json:9=y:b]},{\""));
  EXPECT_THAT(Rejected(*got), ElementsAre("a.json:2 malformed_row", "a.json:3 malformed_row", "a.json:4 malformed_row",
                                          "a.json:5 malformed_row", "a.json:6 malformed_row", "a.json:7 empty_text",
                                          "a.json:8 malformed_row"));
  EXPECT_EQ(got->rejected[5].detail, "no 'text'; the members are: label");
}

TEST_F(IngestTest, ShareLimitsNameLimitFigureAndExample) {
  config_.max_rejected_share = 0.2;
  EXPECT_THAT(
      IngestFile("a.csv", "text,label\na,x\nb,y\n ,x\nc,\n\t,y\n"),
      IsError(ErrorCode::kDataCorrupt,
              HasSubstr("3 of 5 rows (60.00%) could not be used, more than ingest.max_rejected_share = 0.2 allows; "
                        "most often empty_text (2 rows), such as a.csv row 3: nothing but white space")));
  config_.max_duplicate_share = 0.3;
  EXPECT_THAT(IngestFile("a.csv", "text,label\na,x\na,x\nb,y\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("1 of 3 rows (33.33%) repeat another row")));
  config_.max_conflict_share = 0.5;
  EXPECT_THAT(IngestFile("a.csv", "text,label\na,x\na,y\nb,y\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("ingest.max_conflict_share = 0.5")));
}

TEST_F(IngestTest, NeedsTwoLabelsWithEnoughDocuments) {
  EXPECT_THAT(IngestFile("a.csv", "text,label\na,x\nb,x\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("found 'x' in")));
  config_.min_label_documents = 2;
  EXPECT_THAT(IngestFile("a.csv", "text,label\na,x\nb,x\nc,y\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("1 documents have the label 'y'")));
  Put("split/train.csv", "text,label\na,x\nb,y\n");
  Put("split/test.csv", "text,label\nc,z\n");
  config_.source = folder_.path() / "in" / "split";
  EXPECT_THAT(Run(), IsError(ErrorCode::kDataCorrupt, HasSubstr("label 'z', which no training document has")));
}

TEST_F(IngestTest, WarnsOfImbalanceAndShortTexts) {
  std::string csv = "text,label\n";
  for (int i = 0; i < 40; ++i) csv += "t" + std::to_string(i) + (i < 2 ? ",rare\n" : ",common\n");
  const auto got = IngestFile("a.csv", csv);
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(got->report.warnings,
              ElementsAre(HasSubstr("class imbalance"), HasSubstr("100.0% of the texts are shorter")));
}

TEST_F(IngestTest, DescribesLengthsAsNumpyPercentiles) {
  const auto got = IngestFile("a.csv", "text,label\na,x\nbb,y\nccc,x\ndddd,y\n");
  ASSERT_THAT(got, IsOk());
  // numpy.percentile([1, 2, 3, 4], 25) = 1 + 0.75 = 1.75.
  EXPECT_THAT(got->report.text_bytes, testing::IsSupersetOf(std::vector<std::pair<const std::string, double>>{
                                          {"min", 1}, {"max", 4}, {"mean", 2.5}, {"p25", 1.75}, {"p50", 2.5}}));
}

TEST_F(IngestTest, SameSourceSameSplitOtherSeedOtherSplit) {
  std::string csv = "text,label\n";
  for (int i = 0; i < 100; ++i) csv += "text " + std::to_string(i) + (i % 2 == 0 ? ",x\n" : ",y\n");
  const auto first = IngestFile("a.csv", csv);
  const auto second = IngestFile("a.csv", csv);
  config_.seed = 43;
  const auto other = IngestFile("a.csv", csv);
  EXPECT_EQ(Show(first->split.test), Show(second->split.test));
  EXPECT_NE(Show(first->split.test), Show(other->split.test));
  EXPECT_THAT(first->report.test_labels, ElementsAre(Pair("x", 10), Pair("y", 10)));
}

TEST_F(IngestTest, ChecksTheDigestOfAFile) {
  config_.sha256 = std::string(64, '0');
  EXPECT_THAT(IngestFile("a.csv", "text,label\na,x\nb,y\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("a.csv: expected sha256 0000")));
}

TEST_F(IngestTest, NamesASourceThatIsNotThere) {
  EXPECT_THAT(Run(), IsError(ErrorCode::kNotFound, HasSubstr("is no file or folder")));
  Put("x/notes.txt", "hello");
  EXPECT_THAT(Run(),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("holds no reviews: expected train/{pos,neg}/*.txt or")));
}

TEST_F(IngestTest, ReportsUnderTheFieldsNames) {
  const auto got = IngestFile("a.csv", "text,label\na,x\nb,y\nb,y\n");
  ASSERT_THAT(got, IsOk());
  const Json json = got->report.ToJson();
  EXPECT_EQ(json.Find("input_rows")->integer(), 3);
  EXPECT_EQ(json.Find("kept_rows")->integer(), 2);
  EXPECT_EQ(json.Find("rejected_by_reason")->Find("duplicate")->integer(), 1);
  EXPECT_EQ(json.Find("train_labels")->Find("x")->integer(), 1);
  EXPECT_TRUE(json.Find("warnings")->is_array());
}

}  // namespace
}  // namespace valence::data
