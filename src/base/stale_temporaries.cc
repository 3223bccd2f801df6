// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include <charconv>
#include <optional>
#include <system_error>

#include "file_descriptor.h"
#include "valence/base/files.h"

namespace valence {
namespace {

// The process id in "<name>.tmp.<pid>.<random>", or nothing if the name is not an AtomicFile's.
std::optional<pid_t> OwnerOf(std::string_view name) {
  constexpr std::string_view kMark = ".tmp.";
  const std::size_t mark = name.rfind(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view tail = name.substr(mark + kMark.size());
  pid_t pid = 0;
  const auto [stop, error] = std::from_chars(tail.data(), tail.data() + tail.size(), pid);
  if (error != std::errc() || pid <= 0) return std::nullopt;
  const std::string_view random = tail.substr(static_cast<std::size_t>(stop - tail.data()));
  if (random.size() != 17 || random.front() != '.') return std::nullopt;
  if (random.find_first_not_of("0123456789abcdef", 1) != std::string_view::npos) return std::nullopt;
  return pid;
}

bool IsAlive(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

// A writer in another container has a process id that means nothing here, but it holds a lock.
bool IsLocked(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return file.get() >= 0 && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace

void RemoveStaleTemporaries(const std::filesystem::path& folder) {
  std::error_code error;
  // A failure here leaves a file behind that does no harm and that the next call sees again.
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto owner = OwnerOf(entry->path().filename().native());
    if (owner && !IsAlive(*owner) && !IsLocked(entry->path())) ::unlink(entry->path().c_str());
  }
}

}  // namespace valence
