// SPDX-License-Identifier: Apache-2.0
#include "valence/base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

extern char** environ;

namespace valence {
namespace {

constexpr std::size_t kKeptOutput = 64u << 10;
using Clock = std::chrono::steady_clock;

Error Failed(const std::string& what, int cause) {
  const std::string text = fmt::format("{}: {}", what, std::generic_category().message(cause));
  return cause == ENOENT ? NotFound(text) : Unavailable(text);
}

/// How the child is started: its own process group, empty stdin, both outputs into one pipe.
class SpawnSetup {
 public:
  explicit SpawnSetup(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes_, 0);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> Spawn(const std::vector<std::string>& argv) const {
    std::vector<char*> pointers;
    for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, pointers[0], &actions_, &attributes_, pointers.data(), environ);
    if (error != 0) return Failed(fmt::format("cannot run '{}'", argv[0]), error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// Reads until the pipe closes; false if the deadline came first.
bool ReadUntil(int fd, Clock::time_point deadline, std::string* output) {
  char block[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{fd, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
    if (ready <= 0) continue;  // a signal, or the deadline, which the loop's head sees
    const ssize_t size = ::read(fd, block, sizeof block);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    output->append(block, static_cast<std::size_t>(size));
    if (output->size() > 2 * kKeptOutput) output->erase(0, output->size() - kKeptOutput);
  }
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ChildResult> RunChild(const std::vector<std::string>& argv, std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failed("cannot make a pipe", errno);
  const Result<pid_t> pid = SpawnSetup(ends[1]).Spawn(argv);
  ::close(ends[1]);
  ChildResult result;
  bool finished = false;
  if (pid.has_value()) {
    finished = ReadUntil(ends[0], deadline, &result.output);
    if (!finished) ::kill(-*pid, SIGKILL);
    result.exit_code = WaitFor(*pid);
  }
  ::close(ends[0]);
  if (!pid.has_value()) return pid.error();
  if (finished) return result;
  return DeadlineExceeded(fmt::format("'{}' did not end within {} s", argv[0], timeout.count() / 1000));
}

}  // namespace valence
