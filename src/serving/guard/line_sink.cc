// SPDX-License-Identifier: Apache-2.0
#include "line_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "valence/base/log.h"

namespace valence::serving {
namespace {

constexpr std::size_t kLaneBytes = 1u << 20;
constexpr std::chrono::milliseconds kGather{10};  // so that a busy server makes few, long writes

Result<int> OpenForAppend(const std::string& path) {
  if (path == "-") return STDOUT_FILENO;
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return Unavailable(fmt::format("access log {}: {}", path, std::strerror(errno)));
  return fd;
}

void Close(int fd) {
  if (fd != STDOUT_FILENO) ::close(fd);
}

}  // namespace

Result<std::unique_ptr<LineSink>> LineSink::Open(const std::string& path, int threads) {
  VALENCE_TRY(const int fd, OpenForAppend(path));
  return std::unique_ptr<LineSink>(new LineSink(path, fd, threads));
}

LineSink::LineSink(std::string path, int fd, int threads) : path_(std::move(path)), fd_(fd) {
  for (int i = 0; i < threads; ++i) lanes_.push_back(std::make_unique<Lane>());
  writer_ = std::jthread([this] { Run(); });
}

LineSink::~LineSink() {
  stopping_ = true;
  Wake();
  writer_.join();
  Close(fd_);
}

void LineSink::Append(int thread, std::string_view line) {
  Lane& lane = *lanes_[static_cast<std::size_t>(thread)];
  {
    const std::lock_guard lock(lane.mutex);
    if (lane.lines.size() + line.size() > kLaneBytes) {
      ++dropped_;
      return;
    }
    lane.lines.append(line);
  }
  if (!pending_) Wake();
}

void LineSink::Reopen() {
  reopen_ = true;
  Wake();
}

void LineSink::Wake() {
  if (!pending_.exchange(true)) pending_.notify_one();
}

void LineSink::Run() {
  for (;;) {
    pending_.wait(false);
    // Reset before the lanes are read: a line that comes later finds it reset and wakes this thread again.
    pending_ = false;
    const bool last = stopping_;
    if (reopen_.exchange(false)) OpenAnew();
    Drain();
    if (last) return;
    std::this_thread::sleep_for(kGather);
  }
}

void LineSink::Drain() {
  for (const auto& lane : lanes_) {
    batch_.clear();
    {
      const std::lock_guard lock(lane->mutex);
      batch_.swap(lane->lines);
    }
    Write(batch_);
  }
}

void LineSink::Write(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = ::write(fd_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      dropped_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
      if (!failing_) log::Warning(fmt::format("access log {}: {}; lines are lost", path_, std::strerror(errno)));
      failing_ = true;
      return;
    }
    failing_ = false;
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
}

void LineSink::OpenAnew() {
  const auto fd = OpenForAppend(path_);
  if (!fd) return log::Warning(fd.error().message + "; going on with the old file");
  Close(fd_);
  fd_ = *fd;
}

}  // namespace valence::serving
