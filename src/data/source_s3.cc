// SPDX-License-Identifier: Apache-2.0
#include "source_s3.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "file_blocks.h"
#include "record_reader.h"
#include "source_files.h"
#include "valence/base/digest.h"
#include "valence/net/s3_client.h"

namespace valence::data::internal {
namespace {

namespace fs = std::filesystem;

using net::S3Client;
using net::S3Object;
using net::S3ObjectInfo;
using net::S3Uri;

/// Whether what follows the prefix can be a path below a folder: no empty, "." or ".." part, no NUL.
bool IsPlainPath(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool IsDataFile(const std::string& key) {
  return FormatOfName(key) != TableFormat::kAuto || ParseAclImdbName(key).has_value();
}

Result<LocalSource> FetchObject(S3Client* client, const S3Uri& uri, const S3ObjectInfo& info,
                                const IngestConfig& config, Progress* progress) {
  const std::string version = Sha256Hex(fmt::format("{}\n{}\n{}", client->endpoint(), uri.ToString(), info.etag));
  const fs::path path = fs::path(config.cache_dir) / version / HarmlessBaseName(uri.key);  // its name is part of ids
  std::error_code error;
  if (!fs::exists(path, error)) {
    VALENCE_RETURN_IF_ERROR(client->GetVersion(uri, info, path, *progress));
  }
  VALENCE_TRY(std::string digest, FileSha256(path));
  if (config.sha256.empty() || config.sha256 == digest) return LocalSource{path, std::move(digest)};
  fs::remove(path, error);
  return DataCorrupt(
      fmt::format("{}: expected sha256 {}, got {}: the object has changed", uri.ToString(), config.sha256, digest));
}

Result<LocalSource> FetchPrefix(S3Client* client, const S3Uri& prefix, std::vector<S3Object> objects,
                                const IngestConfig& config, Progress* progress) {
  if (!config.sha256.empty()) {
    return InvalidArgument(fmt::format("ingest.sha256 is for files; '{}' is a prefix", prefix.ToString()));
  }
  objects.erase(
      std::remove_if(objects.begin(), objects.end(), [](const S3Object& object) { return !IsDataFile(object.key); }),
      objects.end());
  if (objects.empty()) {
    return NotFound(
        fmt::format("{}: no .csv, .tsv, .jsonl, .json or train/{{pos,neg}}/*.txt objects there", prefix.ToString()));
  }
  std::string listing = client->endpoint() + "\n" + prefix.ToString();
  std::vector<std::string> names;
  for (const S3Object& object : objects) {
    names.push_back(object.key.substr(prefix.key.size()));
    if (!IsPlainPath(names.back())) {
      return DataCorrupt(fmt::format("s3://{}/{}: this key cannot be a file's path", prefix.bucket, object.key));
    }
    listing += fmt::format("\n{} {} {}", object.size, object.etag, object.key);
  }
  // The folder's name is that of this listing, so what an interrupted call left in it is good.
  const fs::path folder = fs::path(config.cache_dir) / Sha256Hex(listing);
  std::vector<fs::path> paths;
  for (const std::string& name : names) paths.push_back(folder / name);
  VALENCE_RETURN_IF_ERROR(client->GetListed(prefix.bucket, objects, paths, *progress));
  return LocalSource{folder, ""};
}

}  // namespace

Result<LocalSource> FetchS3(const IngestConfig& config, Progress* progress) {
  VALENCE_TRY(const S3Uri uri, net::ParseS3Uri(config.source));
  VALENCE_TRY(S3Client client, S3Client::FromEnvironment());
  S3Uri prefix = uri;
  if (!uri.key.empty() && uri.key.back() != '/') {
    auto info = client.Head(uri);
    if (info.has_value()) return FetchObject(&client, uri, *info, config, progress);
    if (info.error().code != ErrorCode::kNotFound) return std::move(info).error();
    prefix.key += '/';
    VALENCE_TRY(std::vector<S3Object> below, client.List(prefix));
    if (below.empty()) return std::move(info).error();  // neither an object nor a folder of objects
    return FetchPrefix(&client, prefix, std::move(below), config, progress);
  }
  VALENCE_TRY(std::vector<S3Object> objects, client.List(prefix));
  return FetchPrefix(&client, prefix, std::move(objects), config, progress);
}

}  // namespace valence::data::internal
