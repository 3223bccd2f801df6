// SPDX-License-Identifier: Apache-2.0
#include "download_part.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/json.h"

namespace valence::net::internal {
namespace {

Error Failed(std::string_view what, const std::filesystem::path& path) {
  const int cause = errno;
  const std::string text = fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(cause));
  return cause == ENOSPC || cause == EDQUOT ? ResourceExhausted(text) : Unavailable(text);
}

std::filesystem::path WithSuffix(std::filesystem::path path, const char* suffix) {
  path += suffix;
  return path;
}

/// The stored validator if it belongs to this URL, else "".
std::string LoadValidator(const std::filesystem::path& state, std::string_view url_digest) {
  const auto text = ReadFile(state, 1 << 16);
  if (!text.has_value()) return "";
  const auto json = Json::Parse(*text);
  if (!json.has_value()) return "";
  const Json* url = json->Find("url_sha256");
  const Json* validator = json->Find("validator");
  const bool ours = url != nullptr && url->is_string() && url->string() == url_digest;
  return ours && validator != nullptr && validator->is_string() ? validator->string() : "";
}

Status SyncFolder(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("cannot open folder", folder);
  const int synced = ::fsync(fd);
  const Error error = Failed("cannot sync folder", folder);
  ::close(fd);
  if (synced != 0) return error;
  return Ok();
}

}  // namespace

PartFile::PartFile(std::filesystem::path path, std::string url_digest, int fd)
    : path_(std::move(path)),
      part_(WithSuffix(path_, ".part")),
      state_(WithSuffix(path_, ".part.json")),
      url_digest_(std::move(url_digest)),
      fd_(fd) {}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::move(other.part_)),
      state_(std::move(other.state_)),
      url_digest_(std::move(other.url_digest_)),
      validator_(std::move(other.validator_)),
      size_(other.size_),
      fd_(std::exchange(other.fd_, -1)) {}

PartFile::~PartFile() {
  if (fd_ >= 0) ::close(fd_);  // also gives up the lock
}

Result<PartFile> PartFile::Open(const std::filesystem::path& path, std::string_view url) {
  std::error_code ec;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  if (ec) return Unavailable(fmt::format("cannot make folder {}: {}", path.parent_path().string(), ec.message()));
  const std::filesystem::path part = WithSuffix(path, ".part");
  const int fd = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return Failed("cannot open", part);
  PartFile file(path, Sha256Hex(url), fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kConflict, fmt::format("{} is being written by another process", part.string())};
  }
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Failed("cannot stat", part);
  file.validator_ = LoadValidator(file.state_, file.url_digest_);
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  if (file.size_ > 0 && file.validator_.empty()) VALENCE_RETURN_IF_ERROR(file.Restart(""));
  if (::lseek(fd, 0, SEEK_END) < 0) return Failed("cannot seek in", part);
  return file;
}

Status PartFile::Restart(std::string_view validator) {
  // The old validator must not outlive the old bytes: cut first, then describe what comes.
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) < 0) return Failed("cannot cut", part_);
  size_ = 0;
  validator_ = validator;
  Json state = Json::MakeObject({{"url_sha256", url_digest_}, {"validator", validator_}});
  return WriteFile(state_, state.Dump() + "\n");
}

Status PartFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
  return Ok();
}

Status PartFile::Publish() {
  if (::fsync(fd_) != 0) return Failed("cannot sync", part_);
  if (::rename(part_.c_str(), path_.c_str()) != 0) return Failed("cannot rename to its final name", part_);
  ::unlink(state_.c_str());
  return SyncFolder(path_);
}

void PartFile::Remove() {
  ::unlink(part_.c_str());
  ::unlink(state_.c_str());
}

}  // namespace valence::net::internal
