// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rest_artifacts.h"
#include "rest_json.h"

namespace valence::tracking::internal {
namespace {

/// One upload in parts, from mpu/create to mpu/complete or mpu/abort (mlflow.md 1.4).
class PartsUpload {
 public:
  PartsUpload(RestClient& client, const ProxyRoot& root, const std::string& path) : client_(client) {
    const std::size_t slash = path.rfind('/');
    name_ = path.substr(slash + 1);  // npos + 1 is 0
    const std::string folder = slash == std::string::npos ? root.folder : JoinUri(root.folder, path.substr(0, slash));
    service_ = root.service;
    folder_ = net::PercentEncode(folder, /*keep_slashes=*/true);
    what_ = fmt::format("uploading {} in parts to {}", path, root.service);
  }

  Status Create(std::uint64_t parts) {
    const Json body = Json::MakeObject({{"path", name_}, {"num_parts", parts}});
    VALENCE_TRY(const Json answer, Call("create", body));
    upload_id_ = TextOf(answer, "upload_id");
    credentials_ = ElementsOf(answer, "credentials");
    if (credentials_.size() == parts) return Ok();
    return Unavailable(fmt::format("{}: asked for {} parts, got {}", what_, parts, credentials_.size()));
  }

  /// Sends the bytes of the file that belong to the n-th part, to the address that the server gave.
  Status SendPart(std::size_t n, const std::filesystem::path& file, std::uint64_t chunk, std::uint64_t bytes) {
    net::HttpCall call;
    call.method = "PUT";
    call.url = TextOf(credentials_[n], "url");
    call.upload = file;
    call.upload_offset = n * chunk;
    call.upload_bytes = std::min(chunk, bytes - call.upload_offset);
    const Json& headers = MemberOf(credentials_[n], "headers");
    if (headers.is_object()) {
      for (const auto& [name, value] : headers.object()) {
        if (value.is_string()) call.headers.push_back({name, value.string()});
      }
    }
    VALENCE_TRY(const net::HttpReply reply, client_.ExchangeUnsigned(call, what_));
    parts_.Push(Json::MakeObject({{"part_number", IntegerOf(credentials_[n], "part_number")},
                                  {"etag", reply.Header("ETag")},
                                  {"url", call.url}}));
    return Ok();
  }

  Status Complete() {
    Json body = Json::MakeObject({{"path", name_}, {"upload_id", upload_id_}});
    body.Set("parts", parts_);
    VALENCE_RETURN_IF_ERROR(Call("complete", body));
    return Ok();
  }

  /// What the storage holds of an upload that failed costs money until it is told so; its own failure is no news.
  void Abort() {
    const Result<Json> ignored = Call("abort", Json::MakeObject({{"path", name_}, {"upload_id", upload_id_}}));
    static_cast<void>(ignored);
  }

 private:
  Result<Json> Call(std::string_view step, const Json& body) {
    const std::string url = fmt::format("{}/mpu/{}/{}", service_, step, folder_);
    return client_.CallUrl("POST", url, body.Dump(), Repeat::kSafe, what_);
  }

  RestClient& client_;
  std::string name_, service_, folder_, what_, upload_id_;
  Json::Array credentials_;
  Json parts_ = Json::MakeArray();
};

}  // namespace

Status UploadInParts(RestClient& client, const ProxyRoot& root, const std::string& path,
                     const std::filesystem::path& file, std::uint64_t bytes) {
  const std::uint64_t chunk = std::max<std::uint64_t>(client.options().multipart_chunk, 1);
  const std::uint64_t parts = std::max<std::uint64_t>((bytes + chunk - 1) / chunk, 1);
  PartsUpload upload(client, root, path);
  VALENCE_RETURN_IF_ERROR(upload.Create(parts));
  Status sent = Ok();
  for (std::size_t n = 0; n < parts && sent.has_value(); ++n) sent = upload.SendPart(n, file, chunk, bytes);
  if (sent.has_value()) sent = upload.Complete();
  if (!sent.has_value()) {
    upload.Abort();
    // Only mpu/create may say that there are no parts; the same answer later is a failure.
    if (sent.error().code == ErrorCode::kUnimplemented) sent.error().code = ErrorCode::kUnavailable;
  }
  return sent;
}

}  // namespace valence::tracking::internal
