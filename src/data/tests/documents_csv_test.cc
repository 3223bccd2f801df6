// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/data/csv.h"

namespace valence::data {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class DocumentsCsv : public testing::Test {
 protected:
  Result<std::vector<Document>> Read(std::string_view text) {
    EXPECT_THAT(WriteFile(path_, text), IsOk());
    return ReadDocuments(path_);
  }
  TempDir folder_;
  std::filesystem::path path_ = folder_ / "d.csv";
};

TEST_F(DocumentsCsv, WritesTheThreeColumns) {
  ASSERT_THAT(WriteDocuments(path_, {{"1", "good, \"very\"", "pos"}, {"f:2", "bad\nfilm", "neg"}}), IsOk());
  EXPECT_THAT(ReadFile(path_), IsOkAndHolds("id,text,label\n1,\"good, \"\"very\"\"\",pos\nf:2,\"bad\nfilm\",neg\n"));
}

TEST_F(DocumentsCsv, ReadsBackWhatItWrote) {
  const std::vector<Document> documents{{"1", "a\r\n\"b\",", "pos"}, {"", "", ""}, {"3", "\xC3\xA9", "neg"}};
  ASSERT_THAT(WriteDocuments(path_, documents), IsOk());
  const auto got = ReadDocuments(path_);
  ASSERT_THAT(got, IsOkAndHolds(SizeIs(3)));
  for (std::size_t i = 0; i < documents.size(); ++i) {
    EXPECT_EQ((*got)[i].id, documents[i].id);
    EXPECT_EQ((*got)[i].text, documents[i].text);
    EXPECT_EQ((*got)[i].label, documents[i].label);
  }
}

TEST_F(DocumentsCsv, FindsColumnsByName) {
  const auto got = Read("label,extra,id,text\r\npos,x,7,hello\r\n");
  ASSERT_THAT(got, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(got->front().id, "7");
  EXPECT_EQ(got->front().text, "hello");
  EXPECT_EQ(got->front().label, "pos");
}

TEST_F(DocumentsCsv, ErrorsNameFileRowAndWhatWasFound) {
  EXPECT_THAT(Read(""), IsError(ErrorCode::kDataCorrupt, HasSubstr("d.csv: the file is empty")));
  EXPECT_THAT(Read("id,body,label\n"), IsError(ErrorCode::kDataCorrupt, HasSubstr("found id,body,label")));
  EXPECT_THAT(Read("id,text,label\n1,a,b\n2,c\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("d.csv: row 3: expected 3 fields, found 2")));
  EXPECT_THAT(Read("id,text,label\n1,caf\xE9,b\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("d.csv: row 2: byte 3 of field 2 is not UTF-8")));
  EXPECT_THAT(Read("id,text,label\n1,\"a,b\n"), IsError(ErrorCode::kDataCorrupt, HasSubstr("never closed")));
  EXPECT_THAT(ReadDocuments(folder_ / "none.csv"), IsError(ErrorCode::kNotFound, HasSubstr("none.csv")));
  EXPECT_THAT(ReadDocuments(folder_.path()), IsError(ErrorCode::kUnavailable, StartsWith("cannot read")));
}

TEST_F(DocumentsCsv, HeaderOnlyIsNoDocument) { EXPECT_THAT(Read("id,text,label\n"), IsOkAndHolds(SizeIs(0))); }

TEST_F(DocumentsCsv, WritesRejectedRows) {
  ASSERT_THAT(WriteRejected(path_, {{"a.csv", 3, "empty_text", "only white space", " \n"}}), IsOk());
  EXPECT_THAT(ReadFile(path_),
              IsOkAndHolds("source,row,reason,detail,text\na.csv,3,empty_text,only white space,\" \n\"\n"));
}

}  // namespace
}  // namespace valence::data
