// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "crc.h"
#include "parallel_tasks.h"
#include "s3_client_impl.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"

namespace valence::net::internal {
namespace {

constexpr std::uint64_t kLongestRange = 32u << 20;
constexpr std::size_t kReadBytes = 1 << 20;

/// Checksums of S3 that we can check, the cheapest first.
constexpr std::string_view kAlgorithms[] = {"crc64nvme", "crc32c", "crc32", "sha256"};

/// A checksum of checksums is about the parts an object was sent in, which nobody tells. The ETag of such an object
/// ends in the number of parts, "-3"; with type FULL_OBJECT its checksum is of the whole all the same.
bool IsOfWholeObject(const HttpReply& reply) {
  const std::string_view type = reply.Header("x-amz-checksum-type");
  return type.empty() ? reply.Header("ETag").find('-') == std::string_view::npos : type == "FULL_OBJECT";
}

Result<S3ObjectInfo> ReadInfo(const S3Uri& uri, const HttpReply& reply) {
  S3ObjectInfo info;
  const auto size = ParseInt(reply.Header("Content-Length"));
  if (!size.has_value() || *size < 0) return DataCorrupt(fmt::format("{}: no size in the answer", uri.ToString()));
  info.size = static_cast<std::uint64_t>(*size);
  info.etag = reply.Header("ETag");
  info.sha256 = reply.Header("x-amz-meta-sha256");
  if (!IsOfWholeObject(reply)) return info;
  for (const std::string_view algorithm : kAlgorithms) {
    info.checksum = reply.Header(fmt::format("x-amz-checksum-{}", algorithm));
    if (info.checksum.empty()) continue;
    info.checksum_algorithm = algorithm;
    break;
  }
  return info;
}

/// One range a connection, so that each request's own cost is paid once; but not so long that much is asked for again
/// when a connection drops, nor shorter than part_bytes.
std::uint64_t RangeBytes(std::uint64_t size, const S3Options& options) {
  const auto connections = static_cast<std::uint64_t>(std::max(options.connections, 1));
  const std::uint64_t share = (size + connections - 1) / connections;
  return std::max(options.part_bytes, std::min(share, kLongestRange));
}

/// One GetObject: the ranges of one version of an object, written to one file.
class Getting {
 public:
  Getting(S3Session* session, const S3Options& options, const S3Uri& uri, S3ObjectInfo info, AtomicFile* file)
      : session_(session),
        options_(options),
        uri_(uri),
        info_(std::move(info)),
        file_(file),
        part_bytes_(RangeBytes(info_.size, options)),
        crc_(Crc::OfName(info_.checksum_algorithm)) {}

  Status Run(Progress* progress) {
    progress->Start(fmt::format("download {}", uri_.key.substr(uri_.key.rfind('/') + 1)), info_.size, "bytes");
    const std::size_t parts = (info_.size + part_bytes_ - 1) / part_bytes_;
    crcs_.resize(parts);
    Status got = RunTasks(parts, options_.connections, [&](std::size_t part) -> Status {
      VALENCE_RETURN_IF_ERROR(GetRange(part));
      progress->Advance(PartBytes(part));
      return Ok();
    });
    progress->Done();
    VALENCE_RETURN_IF_ERROR(std::move(got));
    VALENCE_RETURN_IF_ERROR(CheckCrc());
    return CheckSha256();
  }

 private:
  std::uint64_t PartBytes(std::size_t part) const { return std::min(part_bytes_, info_.size - part * part_bytes_); }

  Status GetRange(std::size_t part) {
    const std::uint64_t begin = part * part_bytes_;
    const std::uint64_t size = PartBytes(part);
    S3Call call{.uri = uri_, .headers = {{"Range", fmt::format("bytes={}-{}", begin, begin + size - 1)}}};
    if (!info_.etag.empty()) call.headers.push_back({"If-Match", info_.etag});
    std::uint64_t got = 0;
    std::uint64_t crc = 0;
    const auto take = [&](std::string_view bytes, bool restart) -> Status {
      if (restart) got = crc = 0;
      if (got + bytes.size() > size) return Wrong(fmt::format("more than the {} bytes asked for", size));
      if (crc_.has_value()) crc = crc_->Update(crc, bytes);
      const std::lock_guard lock(mutex_);
      VALENCE_RETURN_IF_ERROR(file_->WriteAt(begin + got, bytes));
      got += bytes.size();
      return Ok();
    };
    VALENCE_TRY(const HttpReply reply, session_->Send(call, take));
    if (reply.status != 206 && size != info_.size) return Wrong("the server knows no ranges");
    if (got != size) return Wrong(fmt::format("{} bytes in place of {}: the object is truncated", got, size));
    if (!info_.etag.empty() && reply.Header("ETag") != info_.etag) {
      return Error{ErrorCode::kConflict, fmt::format("{}: the object changed while it was read (ETag {} became {}); "
                                                     "run again",
                                                     uri_.ToString(), info_.etag, reply.Header("ETag"))};
    }
    crcs_[part] = crc;
    return Ok();
  }

  Status CheckCrc() const {
    if (!crc_.has_value()) return Ok();
    std::uint64_t crc = 0;
    for (std::size_t part = 0; part < crcs_.size(); ++part) {
      crc = crc_->Combine(crc, crcs_[part], PartBytes(part));
    }
    return Compare(info_.checksum_algorithm, info_.checksum, crc_->ToBase64(crc));
  }

  Status CheckSha256() const {
    const bool of_s3 = info_.checksum_algorithm == "sha256";
    if (!of_s3 && info_.sha256.empty()) return Ok();
    Digest digest(Digest::Algorithm::kSha256);
    for (std::uint64_t offset = 0; offset < info_.size; offset += kReadBytes) {
      VALENCE_TRY(const std::string block, file_->ReadAt(offset, kReadBytes));
      digest.Update(block);
    }
    const std::string raw = digest.Finish();
    if (of_s3) VALENCE_RETURN_IF_ERROR(Compare("sha256", info_.checksum, ToBase64(raw)));
    return info_.sha256.empty() ? Ok() : Compare("sha256", info_.sha256, ToHex(raw));
  }

  Status Compare(std::string_view name, std::string_view expected, std::string_view got) const {
    if (expected == got) return Ok();
    return Wrong(fmt::format("expected {} {}, got {}: the bytes are not those that were stored", name, expected, got));
  }

  Error Wrong(std::string_view text) const { return DataCorrupt(fmt::format("{}: {}", uri_.ToString(), text)); }

  S3Session* session_;
  const S3Options& options_;
  const S3Uri& uri_;
  S3ObjectInfo info_;
  AtomicFile* file_;
  std::uint64_t part_bytes_;
  std::optional<Crc> crc_;
  std::vector<std::uint64_t> crcs_;  ///< of each part
  std::mutex mutex_;                 ///< of the file
};

}  // namespace

Result<S3ObjectInfo> HeadObject(S3Session* session, const S3Uri& uri) {
  S3Call call{.method = "HEAD", .uri = uri, .headers = {{"x-amz-checksum-mode", "ENABLED"}}};
  auto reply = session->SendOnce(call);
  if (!reply.has_value()) return std::move(reply).error().With(uri.ToString());
  if (reply->ok()) return ReadInfo(uri, *reply);
  // A HEAD's answer has no body that could say why: ask for a byte.
  const S3Call byte{.uri = uri, .headers = {{"Range", "bytes=0-0"}}};
  const auto why = session->SendOnce(byte);
  if (!why.has_value()) return ErrorOf(call, *reply);
  if (!why->ok() && why->status != 416) return ErrorOf(call, *why);
  VALENCE_TRY(const HttpReply again, session->Send(call));  // that was the bucket's region, or old credentials
  return ReadInfo(uri, again);
}

Status GetVersion(S3Session* session, const S3Options& options, const S3Uri& uri, const S3ObjectInfo& info,
                  const std::filesystem::path& path, Progress* progress) {
  if (info.size > options.max_bytes) {
    return ResourceExhausted(fmt::format("{}: {} are more than the allowed {}", uri.ToString(),
                                         HumanBytes(static_cast<double>(info.size)),
                                         HumanBytes(static_cast<double>(options.max_bytes))));
  }
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Reserve(info.size));
  VALENCE_RETURN_IF_ERROR(Getting(session, options, uri, info, &file).Run(progress));
  return file.Commit();
}

Status GetListedObjects(S3Session* session, const S3Options& options, const std::string& bucket,
                        const std::vector<S3Object>& objects, const std::vector<std::filesystem::path>& paths,
                        Progress* progress) {
  S3Options one_connection = options;  // many objects already use all of them
  if (objects.size() > 1) one_connection.connections = 1;
  progress->Start(fmt::format("download s3://{}", bucket), objects.size(), "objects");
  Status got = RunTasks(objects.size(), options.connections, [&](std::size_t i) -> Status {
    std::error_code error;
    if (!std::filesystem::exists(paths[i], error)) {
      S3ObjectInfo info;
      info.size = objects[i].size;
      info.etag = objects[i].etag;
      VALENCE_RETURN_IF_ERROR(
          GetVersion(session, one_connection, {bucket, objects[i].key}, info, paths[i], &Progress::None()));
    }
    progress->Advance(1);
    return Ok();
  });
  progress->Done();
  return got;
}

}  // namespace valence::net::internal
