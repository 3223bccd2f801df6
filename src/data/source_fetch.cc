// SPDX-License-Identifier: Apache-2.0
#include "source_fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "file_blocks.h"
#include "source_s3.h"
#include "valence/base/digest.h"
#include "valence/net/download.h"

namespace valence::data::internal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kImdbUrl = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz";
constexpr std::string_view kImdbSha256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe";

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

/// Downloads unless the file is there, with the digest if one is expected.
Result<LocalSource> FetchUrl(const std::string& url, const fs::path& path, std::string_view sha256,
                             Progress* progress) {
  std::error_code error;
  if (fs::exists(path, error)) {
    VALENCE_TRY(const std::string digest, FileSha256(path));
    if (sha256.empty() || digest == sha256) return LocalSource{path, digest};
  }
  net::DownloadOptions options;
  options.sha256 = sha256;
  VALENCE_RETURN_IF_ERROR(net::Download(url, path, options, *progress));
  VALENCE_TRY(std::string digest, FileSha256(path));
  return LocalSource{path, std::move(digest)};
}

Result<LocalSource> FindLocal(const IngestConfig& config) {
  std::error_code error;
  const fs::path path = config.source;
  if (fs::is_directory(path, error)) {
    if (config.sha256.empty()) return LocalSource{path, ""};
    return InvalidArgument(fmt::format("ingest.sha256 is for files; '{}' is a folder", config.source));
  }
  if (!fs::is_regular_file(path, error)) {
    return NotFound(
        fmt::format("ingest.source: '{}' is no file or folder (other sources: sample, imdb, an http://, "
                    "https:// or s3:// URL)",
                    config.source));
  }
  VALENCE_TRY(std::string digest, FileSha256(path));
  if (config.sha256.empty() || config.sha256 == digest) return LocalSource{path, std::move(digest)};
  return DataCorrupt(fmt::format("{}: expected sha256 {}, found {}", config.source, config.sha256, digest));
}

}  // namespace

std::string HarmlessBaseName(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  std::string name(url.substr(url.rfind('/') + 1));
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return !is_plain(c); }, '_');
  return name.substr(name.size() - std::min<std::size_t>(name.size(), 100));
}

Result<LocalSource> FetchSource(const IngestConfig& config, Progress* progress) {
  const fs::path cache = config.cache_dir;
  if (config.source == "sample") return FetchSample(cache, progress);
  if (config.source == "imdb") {
    return FetchUrl(std::string(kImdbUrl), cache / HarmlessBaseName(kImdbUrl), kImdbSha256, progress);
  }
  if (StartsWith(config.source, "http://") || StartsWith(config.source, "https://")) {
    const std::string name = fmt::format("{}-{}", Sha256Hex(config.source), HarmlessBaseName(config.source));
    return FetchUrl(config.source, cache / name, config.sha256, progress);
  }
  if (StartsWith(config.source, "s3://")) return FetchS3(config, progress);
  return FindLocal(config);
}

}  // namespace valence::data::internal
