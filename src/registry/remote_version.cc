// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "valence/net/http_client.h"
#include "valence/net/s3_client.h"
#include "valence/registry/model_source.h"

namespace valence::registry {
namespace {

// Who follows asks again soon: a short look is better than a long wait.
net::HttpClientOptions ShortLook() {
  net::HttpClientOptions options;
  options.connect_timeout = std::chrono::milliseconds(5000);
  options.attempt_timeout = std::chrono::milliseconds(10'000);
  options.retry.attempts = 2;
  options.retry.deadline = std::chrono::milliseconds(20'000);
  return options;
}

Result<std::string> OfUrl(const std::string& url) {
  net::HttpClient client(ShortLook());
  VALENCE_TRY(const net::HttpReply reply, client.Send({.method = "HEAD", .url = url}));
  if (reply.status == 404 || reply.status == 410) return NotFound(fmt::format("HEAD: HTTP {}", reply.status));
  if (!reply.ok()) return Unavailable(fmt::format("HEAD: HTTP {}", reply.status));
  if (const auto etag = reply.Header("ETag"); !etag.empty()) return std::string(etag);
  const auto modified = reply.Header("Last-Modified");
  if (modified.empty()) {
    return Unavailable("the server sends neither ETag nor Last-Modified, so that a change cannot be seen");
  }
  return fmt::format("{} {}", modified, reply.Header("Content-Length"));
}

Result<std::string> OfObject(const std::string& text) {
  VALENCE_TRY(const net::S3Uri uri, net::ParseS3Uri(text));
  VALENCE_TRY(net::S3Client client, net::S3Client::FromEnvironment());
  VALENCE_TRY(const net::S3ObjectInfo info, client.Head(uri));
  return info.etag;
}

}  // namespace

Result<std::string> RemoteVersion(const ModelUri& uri) {
  return uri.kind == ModelUri::Kind::kS3 ? OfObject(uri.value) : OfUrl(uri.value);
}

}  // namespace valence::registry
