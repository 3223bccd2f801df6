// SPDX-License-Identifier: Apache-2.0
#include "file_blocks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "valence/base/digest.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kBlockBytes = 1u << 20;

struct OpenFile {
  int fd;
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
};

Error Failed(const std::filesystem::path& path) {
  const std::error_code cause(errno, std::generic_category());
  const std::string text = fmt::format("cannot read {}: {}", path.string(), cause.message());
  return cause.value() == ENOENT || cause.value() == ENOTDIR ? NotFound(text) : Unavailable(text);
}

}  // namespace

Status ForEachBlock(const std::filesystem::path& path, const std::function<Status(std::string_view block)>& sink) {
  const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return Failed(path);
  const auto block = std::make_unique_for_overwrite<char[]>(kBlockBytes);
  for (;;) {
    const ssize_t size = ::read(file.fd, block.get(), kBlockBytes);
    if (size == 0) return Ok();
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed(path);
    VALENCE_RETURN_IF_ERROR(sink({block.get(), static_cast<std::size_t>(size)}));
  }
}

Result<std::string> ReadHead(const std::filesystem::path& path, std::size_t size) {
  std::string head;
  const Error enough = Internal("enough");
  const Status read = ForEachBlock(path, [&](std::string_view block) -> Status {
    head.append(block.substr(0, size - head.size()));
    return head.size() == size ? Status(enough) : Ok();
  });
  if (!read.has_value() && head.size() < size) return read.error();
  return head;
}

Result<std::string> FileSha256(const std::filesystem::path& path) {
  Digest digest(Digest::Algorithm::kSha256);
  VALENCE_RETURN_IF_ERROR(ForEachBlock(path, [&](std::string_view block) {
    digest.Update(block);
    return Ok();
  }));
  return ToHex(digest.Finish());
}

}  // namespace valence::data::internal
