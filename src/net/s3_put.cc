// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "aws_xml.h"
#include "parallel_tasks.h"
#include "s3_client_impl.h"
#include "valence/base/digest.h"

namespace valence::net::internal {
namespace {

constexpr std::uint64_t kMaxParts = 10'000;
constexpr std::size_t kReadBytes = 1 << 20;
constexpr int kCompleteAttempts = 3;

/// A file's digests, raw: of the whole and of each part.
struct FileDigests {
  std::uint64_t size = 0;
  std::string whole;
  std::vector<std::string> parts;
};

Result<FileDigests> DigestFile(const std::filesystem::path& path, std::uint64_t part_bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return NotFound(fmt::format("cannot read {}", path.string()));
  FileDigests digests;
  Digest whole(Digest::Algorithm::kSha256);
  std::string block(kReadBytes, '\0');
  bool at_end = false;
  while (!at_end) {
    Digest part(Digest::Algorithm::kSha256);
    std::uint64_t size = 0;
    while (size < part_bytes) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), part_bytes - size));
      const std::size_t got = std::fread(block.data(), 1, wanted, file.get());
      whole.Update({block.data(), got});
      part.Update({block.data(), got});
      size += got;
      at_end = got < wanted;
      if (at_end) break;
    }
    digests.size += size;
    if (size > 0 || digests.parts.empty()) digests.parts.push_back(part.Finish());
  }
  if (std::ferror(file.get()) != 0) return Unavailable(fmt::format("cannot read {}", path.string()));
  digests.whole = whole.Finish();
  return digests;
}

/// One PutObject, in one request or in parts.
class Putting {
 public:
  Putting(S3Session* session, const S3Options& options, const std::filesystem::path& path, const S3Uri& uri,
          const S3PutOptions& put)
      : session_(session), options_(options), path_(path), uri_(uri), put_(put) {}

  Result<S3ObjectInfo> Run(Progress* progress) {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(path_, error);
    if (error) return NotFound(fmt::format("cannot read {}: {}", path_.string(), error.message()));
    part_bytes_ = PartBytes(size);
    VALENCE_TRY(digests_, DigestFile(path_, part_bytes_));
    progress->Start(fmt::format("upload {}", path_.filename().string()), digests_.size, "bytes");
    const bool is_single = digests_.parts.size() == 1;
    Result<std::string> etag = is_single ? PutWhole() : PutParts(progress);
    if (is_single) progress->Advance(digests_.size);
    progress->Done();
    if (!etag.has_value()) return std::move(etag).error();
    S3ObjectInfo info;
    info.size = digests_.size;
    info.etag = *std::move(etag);
    info.sha256 = ToHex(digests_.whole);
    return info;
  }

 private:
  /// The whole file below multipart_bytes; else what keeps within S3's number of parts.
  std::uint64_t PartBytes(std::uint64_t size) const {
    if (size < options_.multipart_bytes) return std::max<std::uint64_t>(options_.multipart_bytes, 1);
    return std::max(options_.part_bytes, (size + kMaxParts - 1) / kMaxParts);
  }

  std::vector<HttpHeader> ObjectHeaders() const {
    std::vector<HttpHeader> headers{{"Content-Type", put_.content_type}, {"x-amz-meta-sha256", ToHex(digests_.whole)}};
    headers.insert(headers.end(), put_.headers.begin(), put_.headers.end());
    return headers;
  }

  Result<std::string> PutWhole() {
    S3Call call{.method = "PUT", .uri = uri_, .headers = ObjectHeaders()};
    call.headers.push_back({"x-amz-checksum-sha256", ToBase64(digests_.whole)});
    if (put_.if_absent) call.headers.push_back({"If-None-Match", "*"});
    SendFile(0, digests_.size, digests_.whole, &call);
    VALENCE_TRY(const HttpReply reply, session_->Send(call));
    return std::string(reply.Header("ETag"));
  }

  void SendFile(std::uint64_t offset, std::uint64_t size, const std::string& digest, S3Call* call) const {
    call->upload = path_;
    call->upload_offset = offset;
    call->upload_bytes = size;
    call->payload_sha256 = ToHex(digest);
  }

  Result<std::string> PutParts(Progress* progress) {
    S3Call begin{.method = "POST", .uri = uri_, .query = "uploads=", .headers = ObjectHeaders()};
    begin.headers.push_back({"x-amz-checksum-algorithm", "SHA256"});
    VALENCE_TRY(const HttpReply reply, session_->Send(begin));
    auto id = ParseUploadId(reply.body);
    if (!id.has_value()) return std::move(id).error().With(uri_.ToString());
    upload_ = PercentEncode(*id);
    etags_.resize(digests_.parts.size());
    Status sent = RunTasks(etags_.size(), options_.connections, [&](std::size_t part) -> Status {
      VALENCE_TRY(const std::uint64_t size, PutPart(part));
      progress->Advance(size);
      return Ok();
    });
    Result<std::string> etag = sent.has_value() ? Complete() : Result<std::string>(std::move(sent).error());
    // An upload that is left open keeps its parts, and their price, for ever. A failure here changes nothing.
    if (!etag.has_value()) {
      static_cast<void>(session_->Send({.method = "DELETE", .uri = uri_, .query = "uploadId=" + upload_}));
    }
    return etag;
  }

  Result<std::uint64_t> PutPart(std::size_t part) {
    const std::uint64_t offset = part * part_bytes_;
    const std::uint64_t size = std::min(part_bytes_, digests_.size - offset);
    S3Call call{.method = "PUT",
                .uri = uri_,
                .query = fmt::format("partNumber={}&uploadId={}", part + 1, upload_),
                .headers = {{"x-amz-checksum-sha256", ToBase64(digests_.parts[part])}}};
    SendFile(offset, size, digests_.parts[part], &call);
    VALENCE_TRY(const HttpReply reply, session_->Send(call));
    etags_[part] = reply.Header("ETag");
    if (etags_[part].empty()) return DataCorrupt(fmt::format("{}: no ETag for part {}", uri_.ToString(), part + 1));
    return size;
  }

  std::string CompleteBody() const {
    std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t part = 0; part < etags_.size(); ++part) {
      std::string etag;
      for (const char c : etags_[part]) {
        if (c == '"') {
          etag += "&quot;";
        } else if (c != '<' && c != '&') {  // no ETag holds these
          etag += c;
        }
      }
      xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag><ChecksumSHA256>{}</ChecksumSHA256></Part>",
                         part + 1, etag, ToBase64(digests_.parts[part]));
    }
    return xml + "</CompleteMultipartUpload>";
  }

  Result<std::string> Complete() {
    S3Call call{.method = "POST", .uri = uri_, .query = "uploadId=" + upload_, .body = CompleteBody()};
    call.headers = {{"Content-Type", "application/xml"}};
    if (put_.if_absent) call.headers.push_back({"If-None-Match", "*"});
    call.payload_sha256 = Sha256Hex(call.body);
    for (int attempt = 1;; ++attempt) {
      VALENCE_TRY(const HttpReply reply, session_->SendOnce(call));
      if (!reply.ok()) {
        if (reply.status == 404 && (attempt > 1 || reply.attempts > 1) && IsThere()) return etag_;
        return ErrorOf(call, reply);
      }
      auto etag = ParseCompletedEtag(reply.body);  // a 200 may hold an error: S3 answers before it has finished
      if (etag.has_value()) return etag;
      const bool again = etag.error().code == ErrorCode::kUnavailable && attempt < kCompleteAttempts;
      if (!again) return std::move(etag).error().With(uri_.ToString());
    }
  }

  /// Whether an earlier request, whose answer was lost, did complete the upload.
  bool IsThere() {
    const auto info = HeadObject(session_, uri_);
    if (!info.has_value() || info->sha256 != ToHex(digests_.whole)) return false;
    etag_ = info->etag;
    return true;
  }

  S3Session* session_;
  const S3Options& options_;
  const std::filesystem::path& path_;
  const S3Uri& uri_;
  const S3PutOptions& put_;
  std::uint64_t part_bytes_ = 0;
  FileDigests digests_;
  std::string upload_;              ///< its id, encoded
  std::vector<std::string> etags_;  ///< of the parts
  std::string etag_;
};

}  // namespace

Result<S3ObjectInfo> PutObject(S3Session* session, const S3Options& options, const std::filesystem::path& path,
                               const S3Uri& uri, const S3PutOptions& put, Progress* progress) {
  if (uri.key.empty()) return InvalidArgument(fmt::format("{}: an object needs a key", uri.ToString()));
  return Putting(session, options, path, uri, put).Run(progress);
}

}  // namespace valence::net::internal
