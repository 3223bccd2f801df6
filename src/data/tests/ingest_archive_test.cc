// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>

#include "archive_builder.h"
#include "archive_reader.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/data/ingest.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IngestArchive : public testing::Test {
 protected:
  Result<IngestOutput> Run(const std::filesystem::path& source) {
    IngestConfig config;
    config.source = source;
    config.min_label_documents = 1;
    return Ingest(config, Progress::None());
  }
  Result<IngestOutput> Build(const std::string& name, const ArchiveMembers& members) {
    BuildArchive(folder_ / name, members);
    return Run(folder_ / name);
  }
  static std::vector<std::string> Ids(const Dataset& documents) {
    std::vector<std::string> ids;
    for (const Document& document : documents) ids.push_back(document.id);
    return ids;
  }
  TempDir folder_;
};

/// Out of order, and with the files that the real archive has beside the reviews.
ArchiveMembers Reviews() {
  ArchiveMembers members = {{"aclImdb/train/unsup/1_0.txt", "no"}, {"aclImdb/README", "no"}};
  for (int i = 20; i > 0; --i) {
    const std::string number = std::to_string(i);
    members.push_back({"aclImdb/train/pos/" + number + "_9.txt", "good " + number});
    members.push_back({"aclImdb/train/neg/" + number + "_2.txt", "bad " + number});
  }
  return members;
}

TEST_F(IngestArchive, EveryArchiveKindGivesWhatTheFolderGives) {
  for (const auto& [name, bytes] : Reviews()) {
    std::filesystem::create_directories((folder_ / ("f/" + name)).parent_path());
    std::ofstream(folder_ / ("f/" + name)) << bytes;
  }
  const auto wanted = Run(folder_ / "f");
  ASSERT_THAT(wanted, IsOk());
  EXPECT_EQ(wanted->split.train.size(), 32u);
  EXPECT_THAT(Ids(wanted->split.train), testing::WhenSorted(testing::ElementsAreArray(Ids(wanted->split.train))));
  for (const char* name : {"r.tar", "r.tar.gz", "r.tar.xz", "r.tar.zst", "r.zip"}) {
    const auto got = Build(name, Reviews());
    ASSERT_THAT(got, IsOk()) << name;
    EXPECT_EQ(Ids(got->split.train), Ids(wanted->split.train)) << name;
    EXPECT_EQ(Ids(got->split.test), Ids(wanted->split.test)) << name;
  }
}

TEST_F(IngestArchive, ReadsTablesInsideArchivesAndAlone) {
  const std::string csv = "text,label\na,x\nb,y\n";
  for (const char* name : {"t.csv.gz", "t.csv.zst", "t.csv.xz"}) {
    const auto got = Build(name, {{"ignored", csv}});
    ASSERT_THAT(got, IsOk()) << name;
    EXPECT_THAT(Ids(got->split.train), ElementsAre(std::string(name) + ":1", std::string(name) + ":2"));
  }
  const auto got = Build("t.zip", {{"d/test.csv", "text,label\nc,x\n"}, {"d/train.csv", csv}, {"d/x.md", "no"}});
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Ids(got->split.train), ElementsAre("d/train.csv:1", "d/train.csv:2"));
  EXPECT_THAT(Ids(got->split.test), ElementsAre("d/test.csv:1"));
}

TEST_F(IngestArchive, ContentErrorsNameArchiveAndMember) {
  EXPECT_THAT(Build("t.zip", {{"d/a.csv", "text,label\na,\"b"}}),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("t.zip(d/a.csv): row 2, byte 13")));
  EXPECT_THAT(Build("t.tar.gz", {{"notes.txt", "x"}}), IsError(ErrorCode::kDataCorrupt, HasSubstr("holds no reviews")));
}

TEST_F(IngestArchive, TruncationsAreErrors) {
  for (const char* name : {"r.tar.gz", "r.tar.xz", "r.tar.zst", "r.zip"}) {
    BuildArchive(folder_ / name, Reviews());
    const std::string whole = ReadFile(folder_ / name).value();
    for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, whole.size() / 2, whole.size() - 30}) {
      const std::filesystem::path path = folder_ / ("cut-" + std::string(name));
      ASSERT_THAT(WriteFile(path, whole.substr(0, whole.size() - cut)), IsOk());
      EXPECT_THAT(Run(path), IsError(ErrorCode::kDataCorrupt, HasSubstr("cut-"))) << name << " without " << cut;
    }
  }
}

TEST_F(IngestArchive, CorruptZipMembersAreErrors) {
  std::mt19937 random(5);
  std::string noise;
  while (noise.size() < 100000) noise += static_cast<char>('a' + random() % 26);
  BuildArchive(folder_ / "r.zip", {{"train/pos/1_9.txt", noise}, {"train/neg/1_1.txt", "bad"}});
  std::string bytes = ReadFile(folder_ / "r.zip").value();
  for (std::size_t i = 0; i < 4; ++i) bytes[30000 + i] = static_cast<char>(bytes[30000 + i] ^ 0x5A);  // in the noise
  ASSERT_THAT(WriteFile(folder_ / "r.zip", bytes), IsOk());
  EXPECT_THAT(Run(folder_ / "r.zip"), IsError(ErrorCode::kDataCorrupt, HasSubstr("r.zip(train/pos/1_9.txt)")));
}

TEST_F(IngestArchive, LimitsWhatIsUnpacked) {
  BuildArchive(folder_ / "bomb.tar.gz", {{"a.csv", std::string(4u << 20, 'x')}});
  internal::ArchiveLimits by_size;
  by_size.max_total_bytes = 1u << 20;
  internal::ArchiveLimits by_ratio;
  by_ratio.ratio_from_bytes = 1u << 20;
  by_ratio.max_ratio = 100;
  for (const internal::ArchiveLimits& limits : {by_size, by_ratio}) {
    auto archive = internal::ArchiveReader::Open(folder_ / "bomb.tar.gz", limits);
    ASSERT_THAT(archive, IsOk());
    ASSERT_THAT(archive->Next(), IsOkAndHolds(true));
    bool cut = false;
    EXPECT_THAT(archive->ReadRest(10, &cut), IsError(ErrorCode::kResourceExhausted, HasSubstr("bomb.tar.gz(a.csv)")));
  }
}

TEST_F(IngestArchive, MemberNamesAreOnlyNames) {
  const auto got =
      Build("evil.tar", {{"../../train.csv", "text,label\na,x\nb,y\n"}, {"/etc/test.csv", "text,label\nc,x\n"}});
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(Ids(got->split.train), ElementsAre("../../train.csv:1", "../../train.csv:2"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path().parent_path().parent_path() / "train.csv"));
}

TEST_F(IngestArchive, AnOverlongReviewIsRejectedNotKept) {
  ArchiveMembers members = Reviews();
  members.push_back({"aclImdb/train/pos/99_9.txt", std::string(3u << 20, 'x')});
  const auto got = Build("r.tar.gz", members);
  ASSERT_THAT(got, IsOk());
  ASSERT_EQ(got->rejected.size(), 1u);
  EXPECT_EQ(got->rejected[0].reason, "text_too_long");
  EXPECT_EQ(got->rejected[0].source, "aclImdb/train/pos/99_9.txt");
  EXPECT_EQ(got->rejected[0].text.size(), 200u);
}

}  // namespace
}  // namespace valence::data
