// SPDX-License-Identifier: Apache-2.0
#include "valence/base/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include "support/matchers.h"
#include "support/temp_dir.h"

namespace valence {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> NamesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// A process id that was just in use and is free again.
pid_t DeadProcess() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

void Touch(const std::filesystem::path& path) { std::ofstream(path) << "x"; }

TEST(WriteFile, WritesWhatReadFileReads) {
  const TempDir dir;
  const std::string bytes("a\0b\n\xff", 5);
  ASSERT_THAT(WriteFile(dir / "new/folder/file", bytes), IsOk());
  EXPECT_THAT(ReadFile(dir / "new/folder/file"), IsOkAndHolds(bytes));
}

TEST(WriteFile, ReplacesAndLeavesNoTemporaryFile) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "file", "a much longer old text"), IsOk());
  ASSERT_THAT(WriteFile(dir / "file", "new"), IsOk());
  EXPECT_THAT(ReadFile(dir / "file"), IsOkAndHolds("new"));
  EXPECT_THAT(NamesIn(dir.path()), ElementsAre("file"));
}

TEST(WriteFile, GivesTheUsualPermissions) {
  const TempDir dir;
  const mode_t before = ::umask(027);
  ASSERT_THAT(WriteFile(dir / "file", "x"), IsOk());
  ::umask(before);
  struct stat info {};
  ASSERT_EQ(::stat((dir / "file").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0640u);  // 0644 without the umask's 027
}

TEST(WriteFile, SaysWhyAFolderCannotBeMade) {
  const TempDir dir;
  Touch(dir / "file");
  EXPECT_THAT(
      WriteFile(dir / "file/below", "x"),
      IsError(ErrorCode::kUnavailable, AllOf(HasSubstr((dir / "file").string()), HasSubstr("Not a directory"))));
}

TEST(AtomicFile, NothingIsSeenBeforeCommit) {
  const TempDir dir;
  auto file = AtomicFile::Create(dir / "file");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Append("abc"), IsOk());
  EXPECT_FALSE(std::filesystem::exists(dir / "file"));
  EXPECT_EQ(file->size(), 3u);
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadFile(dir / "file"), IsOkAndHolds("abc"));
}

TEST(AtomicFile, DroppedWithoutCommitKeepsTheOldFile) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "file", "old"), IsOk());
  {
    auto file = AtomicFile::Create(dir / "file");
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT(file->Append("new"), IsOk());
  }
  EXPECT_THAT(ReadFile(dir / "file"), IsOkAndHolds("old"));
  EXPECT_THAT(NamesIn(dir.path()), ElementsAre("file"));
}

TEST(AtomicFile, ReservedBytesAreWrittenInAnyOrderAndReadBack) {
  const TempDir folder;
  auto file = AtomicFile::Create(folder / "f");
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->Append("ab"), IsOk());
  ASSERT_THAT(file->Reserve(8), IsOk());
  ASSERT_THAT(file->WriteAt(6, "gh"), IsOk());
  ASSERT_THAT(file->WriteAt(2, "cd"), IsOk());
  ASSERT_THAT(file->Append("i"), IsOk());
  EXPECT_EQ(file->size(), 9u);
  EXPECT_THAT(file->ReadAt(1, 4), IsOkAndHolds(std::string("bcd\0", 4)));
  EXPECT_THAT(file->ReadAt(6, 99), IsOkAndHolds("ghi"));
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadFile(folder / "f"), IsOkAndHolds(std::string("abcd\0\0ghi", 9)));
}

TEST(AtomicFile, WriteAtOverwritesBeforeAndBehindTheBuffer) {
  const TempDir dir;
  auto file = AtomicFile::Create(dir / "file");
  ASSERT_THAT(file, IsOk());
  const std::string long_text(1'000'000, '.');
  ASSERT_THAT(file->Append(long_text), IsOk());
  ASSERT_THAT(file->WriteAt(0, "head"), IsOk());
  ASSERT_THAT(file->WriteAt(long_text.size() - 4, "tail"), IsOk());
  ASSERT_THAT(file->Append("more"), IsOk());
  AtomicFile moved = *std::move(file);
  ASSERT_THAT(moved.Commit(), IsOk());
  EXPECT_THAT(ReadFile(dir / "file"), IsOkAndHolds("head" + std::string(long_text.size() - 8, '.') + "tail" + "more"));
}

TEST(ReadFile, SaysWhichFileIsMissing) {
  EXPECT_THAT(ReadFile("/no/such/file"),
              IsError(ErrorCode::kNotFound, "/no/such/file: cannot open: No such file or directory"));
}

TEST(ReadFile, RefusesAFolder) {
  const TempDir dir;
  EXPECT_THAT(ReadFile(dir.path()), IsError(ErrorCode::kUnavailable, HasSubstr("Is a directory")));
}

TEST(ReadFile, TakesTheLimitButNotOneByteMore) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "file", "12345"), IsOk());
  EXPECT_THAT(ReadFile(dir / "file", 5), IsOkAndHolds("12345"));
  EXPECT_THAT(ReadFile(dir / "file", 4), IsError(ErrorCode::kResourceExhausted, HasSubstr("limit of 4 bytes")));
}

TEST(ReadFile, ReadsAPipeToItsEnd) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  const std::string bytes(300'000, 'p');  // more than a pipe or the first buffer holds
  std::thread writer([&] { std::ofstream(dir / "pipe") << bytes; });
  const auto read = ReadFile(dir / "pipe");
  writer.join();
  EXPECT_THAT(read, IsOkAndHolds(bytes));
}

TEST(ReadFile, ReadsFilesThatSayTheyAreEmpty) {
  const auto status = ReadFile("/proc/self/status");
  EXPECT_THAT(status, IsOkAndHolds(HasSubstr("VmRSS")));
}

TEST(MappedFile, ShowsTheBytes) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "file", "mapped"), IsOk());
  auto file = MappedFile::Open(dir / "file");
  ASSERT_THAT(file, IsOk());
  const MappedFile moved = *std::move(file);
  EXPECT_EQ(moved.bytes(), "mapped");
}

TEST(MappedFile, AnEmptyFileIsAnEmptyView) {
  const TempDir dir;
  ASSERT_THAT(WriteFile(dir / "empty", ""), IsOk());
  const auto file = MappedFile::Open(dir / "empty");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->bytes(), IsEmpty());
}

TEST(MappedFile, SaysWhichFileIsMissing) {
  EXPECT_THAT(MappedFile::Open("/no/such/file"), IsError(ErrorCode::kNotFound, HasSubstr("/no/such/file")));
}

TEST(RemoveStaleTemporaries, RemovesOnlyThoseOfDeadProcesses) {
  const TempDir dir;
  const std::string dead = std::to_string(DeadProcess());
  const std::string alive = std::to_string(::getpid());
  Touch(dir / ("a.csv.tmp." + dead + ".0123456789abcdef"));
  Touch(dir / ("b.csv.tmp." + alive + ".0123456789abcdef"));
  Touch(dir / ("c.csv.tmp." + dead + ".short"));
  Touch(dir / "d.tmp.txt");
  RemoveStaleTemporaries(dir.path());
  EXPECT_THAT(NamesIn(dir.path()),
              ElementsAre("b.csv.tmp." + alive + ".0123456789abcdef", "c.csv.tmp." + dead + ".short", "d.tmp.txt"));
}

TEST(RemoveStaleTemporaries, KnowsTheNamesThatAKilledWriterLeaves) {
  const TempDir dir;
  const pid_t child = ::fork();
  if (child == 0) {
    auto file = AtomicFile::Create(dir / "file");
    ::_exit(file.has_value() ? 0 : 1);  // no destructor, as if killed
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(NamesIn(dir.path()).size(), 1u);
  RemoveStaleTemporaries(dir.path());
  EXPECT_THAT(NamesIn(dir.path()), IsEmpty());
}

TEST(RemoveStaleTemporaries, LeavesAloneWhatIsStillLocked) {
  const TempDir dir;
  auto file = AtomicFile::Create(dir / "file");
  ASSERT_THAT(file, IsOk());
  // As another container sees it: the name has a process id that does not exist here.
  const auto foreign = dir / ("file.tmp." + std::to_string(DeadProcess()) + ".0123456789abcdef");
  std::filesystem::rename(dir / NamesIn(dir.path())[0], foreign);
  RemoveStaleTemporaries(dir.path());
  EXPECT_TRUE(std::filesystem::exists(foreign));
}

TEST(RemoveStaleTemporaries, AMissingFolderIsNothingToDo) { RemoveStaleTemporaries("/no/such/folder"); }

}  // namespace
}  // namespace valence
