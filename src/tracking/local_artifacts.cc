// SPDX-License-Identifier: Apache-2.0
#include "local_artifacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "valence/base/files.h"
#include "valence/net/http_client.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kFileScheme = "file:";
constexpr std::size_t kBlockBytes = 256 << 10;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return InvalidArgument(fmt::format("'{}': '%' wants two hexadecimal digits", text));
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

Error CannotRead(const std::filesystem::path& file) {
  const int cause = errno;
  const std::string text = fmt::format("{}: cannot read: {}", file.string(), std::generic_category().message(cause));
  return cause == ENOENT ? NotFound(text) : Unavailable(text);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Status CopyFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code ignored;
  if (std::filesystem::is_directory(from, ignored))
    return InvalidArgument(fmt::format("{}: a folder, not a file", from.string()));
  const std::unique_ptr<std::FILE, CloseFile> in(std::fopen(from.c_str(), "rbe"));
  if (in == nullptr) return CannotRead(from);
  VALENCE_TRY(AtomicFile out, AtomicFile::Create(to));
  std::string block(kBlockBytes, '\0');
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), in.get()))
    VALENCE_RETURN_IF_ERROR(out.Append(std::string_view(block).substr(0, size)));
  if (std::ferror(in.get()) != 0) return CannotRead(from);
  return out.Commit();
}

}  // namespace

std::string FileUri(const std::filesystem::path& path) {
  return "file://" + net::PercentEncode(path.generic_string(), true);
}

bool IsLocalRoot(std::string_view root_uri) {
  return root_uri.starts_with(kFileScheme) || root_uri.find(":/") == std::string_view::npos;
}

Result<std::filesystem::path> LocalRoot(std::string_view root_uri, const std::filesystem::path& base) {
  if (!root_uri.starts_with(kFileScheme)) return base / root_uri;
  std::string_view rest = root_uri.substr(kFileScheme.size());
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::size_t host_end = std::min(rest.find('/'), rest.size());
    const std::string_view host = rest.substr(0, host_end);
    if (!host.empty() && host != "localhost")
      return InvalidArgument(fmt::format("'{}' is on another machine, '{}'", root_uri, host));
    rest.remove_prefix(host_end);
  }
  VALENCE_TRY(const std::string path, PercentDecode(rest));
  if (path.find('\0') != std::string::npos) return InvalidArgument(fmt::format("'{}' holds a zero byte", root_uri));
  return base / path;
}

Status CheckArtifactPath(std::string_view path, bool allow_root) {
  if (path.empty() && allow_root) return Ok();
  const auto refused = [&](std::string_view why) {
    return InvalidArgument(fmt::format("artifact path '{}' {}", path, why));
  };
  if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos)
    return refused("holds a backslash or a zero byte");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name.empty() || name == "." || name == "..")
      return refused("must be relative, with plain names between '/': it has to stay below its root");
    begin = end + 1;
  }
  return Ok();
}

Status UploadLocal(const std::filesystem::path& root, const std::string& path, const std::filesystem::path& file) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(path, false));
  return CopyFile(file, root / path);
}

Status DownloadLocal(const std::filesystem::path& root, const std::string& path, const std::filesystem::path& file) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(path, false));
  return CopyFile(root / path, file);
}

Result<std::vector<ArtifactEntry>> ListLocal(const std::filesystem::path& root, const std::string& path) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(path, true));
  std::vector<ArtifactEntry> entries;
  std::error_code error;
  const std::filesystem::path folder = root / path;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;  // a file removed meanwhile is left out
    const bool is_folder = it->is_directory(gone);
    const std::uint64_t bytes = is_folder ? 0 : it->file_size(gone);
    if (gone) continue;
    const std::string name = it->path().filename().string();
    entries.push_back({path.empty() ? name : path + "/" + name, is_folder, bytes});
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    return Unavailable(fmt::format("{}: cannot list: {}", folder.string(), error.message()));
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

}  // namespace valence::tracking
