// SPDX-License-Identifier: Apache-2.0
// Makes the N-th system call of a write fail, for every N, and looks at what is left on disk.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "file_ops.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"

namespace valence {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The seam takes plain function pointers, so the countdown is a global.
int calls_until_failure = 0;
bool interrupt_each_call_first = false;

bool Fails(int error_number) {
  if (--calls_until_failure != 0) return false;
  errno = error_number;
  return true;
}

bool Interrupted() {
  static bool last = false;
  last = interrupt_each_call_first && !last;
  if (last) errno = EINTR;
  return last;
}

const internal::FileOps kFaultyOps = {
    .write = [](int fd, const void* bytes, std::size_t size) -> ssize_t {
      if (Interrupted() || Fails(ENOSPC)) return -1;
      return ::write(fd, bytes, (size + 1) / 2);  // short writes must be continued
    },
    .pwrite = [](int fd, const void* bytes, std::size_t size, off_t offset) -> ssize_t {
      if (Interrupted() || Fails(ENOSPC)) return -1;
      return ::pwrite(fd, bytes, (size + 1) / 2, offset);
    },
    .fsync = [](int fd) { return Interrupted() || Fails(EIO) ? -1 : ::fsync(fd); },
    .rename = [](const char* from, const char* to) { return Fails(EACCES) ? -1 : std::rename(from, to); },
};

std::string NewText() { return "new " + std::string(300'000, '.'); }

Status WriteNew(const std::filesystem::path& path) {
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Append("... " + std::string(300'000, '.')));
  VALENCE_RETURN_IF_ERROR(file.WriteAt(0, "new"));
  return file.Commit();
}

std::size_t FilesIn(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFileFaults, AnyFailingCallLeavesAWholeFileAndNoTemporary) {
  const TempDir dir;
  const internal::ScopedFileOps scope(kFaultyOps);
  int failures = 0;
  int failures_after_rename = 0;
  for (int n = 1;; ++n) {
    calls_until_failure = 0;
    ASSERT_THAT(WriteFile(dir / "file", "old"), IsOk());
    calls_until_failure = n;
    const Status status = WriteNew(dir / "file");
    EXPECT_EQ(FilesIn(dir.path()), 1u) << "call " << n;
    const auto text = ReadFile(dir / "file");
    if (status.has_value()) {
      EXPECT_THAT(text, IsOkAndHolds(NewText()));
      break;
    }
    ++failures;
    const bool renamed = text.has_value() && *text == NewText();
    failures_after_rename += renamed ? 1 : 0;
    EXPECT_TRUE(renamed || *text == "old") << "call " << n;
    EXPECT_THAT(status, IsError(ErrorCode::kUnavailable, HasSubstr(dir.path().string())));
    EXPECT_THAT(status.error().message,
                ::testing::AnyOf(HasSubstr("cannot write: No space left on device"),
                                 HasSubstr("cannot fsync: Input/output error"), HasSubstr("to it: Permission denied")));
  }
  // Halving 300,004 bytes (in pieces of 262,144 and 37,860) takes tens of writes; then fsync, rename, fsync of the
  // folder.
  EXPECT_GT(failures, 30);
  EXPECT_EQ(failures_after_rename, 1);
}

TEST(AtomicFileFaults, SignalsAndShortWritesDoNotMatter) {
  const TempDir dir;
  const internal::ScopedFileOps scope(kFaultyOps);
  calls_until_failure = 0;
  interrupt_each_call_first = true;
  const Status status = WriteNew(dir / "file");
  interrupt_each_call_first = false;
  EXPECT_THAT(status, IsOk());
  EXPECT_THAT(ReadFile(dir / "file"), IsOkAndHolds(NewText()));
}

TEST(AtomicFileFaults, AfterAnErrorTheFileCannotBeCommitted) {
  const TempDir dir;
  const internal::ScopedFileOps scope(kFaultyOps);
  auto file = AtomicFile::Create(dir / "file");
  ASSERT_THAT(file, IsOk());
  calls_until_failure = 1;
  EXPECT_THAT(file->Append(std::string(1'000'000, 'x')), IsError(ErrorCode::kUnavailable, HasSubstr("No space")));
  EXPECT_THAT(file->Commit(), IsError(ErrorCode::kUnavailable,
                                      AllOf(HasSubstr((dir / "file").string()), HasSubstr("earlier write failed"))));
  EXPECT_EQ(FilesIn(dir.path()), 0u);
}

}  // namespace
}  // namespace valence
