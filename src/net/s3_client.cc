// SPDX-License-Identifier: Apache-2.0
#include "valence/net/s3_client.h"

#include <fmt/format.h>

#include <utility>

#include "aws_xml.h"
#include "s3_client_impl.h"

namespace valence::net {

HttpClientOptions S3Options::DefaultHttp() {
  HttpClientOptions http;
  http.attempt_timeout = std::chrono::milliseconds(0);
  http.stall_timeout = std::chrono::seconds(20);
  http.retry.deadline = std::chrono::minutes(30);
  http.max_reply_bytes = std::uint64_t{16} << 20;  // a page of 1,000 keys is below 2 MB
  return http;
}

Result<S3Client> S3Client::FromEnvironment(Environment environment, S3Options options) {
  VALENCE_TRY(AwsSettings settings, LoadAwsSettings(environment));
  return S3Client(std::make_unique<Impl>(std::move(environment), std::move(settings), std::move(options)));
}

S3Client::S3Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
S3Client::S3Client(S3Client&&) noexcept = default;
S3Client& S3Client::operator=(S3Client&&) noexcept = default;
S3Client::~S3Client() = default;

Result<S3ObjectInfo> S3Client::Head(const S3Uri& uri) { return internal::HeadObject(&impl_->session, uri); }

Result<S3ObjectInfo> S3Client::Get(const S3Uri& uri, const std::filesystem::path& path, Progress& progress) {
  VALENCE_TRY(S3ObjectInfo info, Head(uri));
  VALENCE_RETURN_IF_ERROR(GetVersion(uri, info, path, progress));
  return info;
}

Status S3Client::GetVersion(const S3Uri& uri, const S3ObjectInfo& info, const std::filesystem::path& path,
                            Progress& progress) {
  return internal::GetVersion(&impl_->session, impl_->options, uri, info, path, &progress);
}

Status S3Client::GetListed(const std::string& bucket, const std::vector<S3Object>& objects,
                           const std::vector<std::filesystem::path>& paths, Progress& progress) {
  return internal::GetListedObjects(&impl_->session, impl_->options, bucket, objects, paths, &progress);
}

Result<S3ObjectInfo> S3Client::Put(const std::filesystem::path& path, const S3Uri& uri, const S3PutOptions& options,
                                   Progress& progress) {
  return internal::PutObject(&impl_->session, impl_->options, path, uri, options, &progress);
}

Result<std::vector<S3Object>> S3Client::List(const S3Uri& prefix, std::size_t limit) {
  std::vector<S3Object> objects;
  const std::string query = "list-type=2&encoding-type=url&prefix=" + PercentEncode(prefix.key);
  std::string token;
  do {
    internal::S3Call call{.uri = {prefix.bucket, ""}, .query = query};
    if (!token.empty()) call.query += "&continuation-token=" + PercentEncode(token);
    VALENCE_TRY(const HttpReply reply, impl_->session.Send(call));
    auto page = internal::ParseListPage(reply.body);
    if (!page.has_value()) return std::move(page).error().With(prefix.ToString());
    if (!page->next_token.empty() && (page->next_token == token || page->objects.empty())) {
      return DataCorrupt(fmt::format("{}: the listing does not get on", prefix.ToString()));
    }
    token = std::move(page->next_token);
    for (internal::ListedObject& object : page->objects) {
      objects.push_back({std::move(object.key), object.size, std::move(object.etag)});
    }
    if (objects.size() > limit) {
      return ResourceExhausted(fmt::format("{}: more than {} objects", prefix.ToString(), limit));
    }
  } while (!token.empty());
  return objects;
}

Status S3Client::Delete(const S3Uri& uri) {
  if (uri.key.empty()) return InvalidArgument(fmt::format("{}: an object needs a key", uri.ToString()));
  const internal::S3Call call{.method = "DELETE", .uri = uri};
  VALENCE_TRY(const HttpReply reply, impl_->session.SendOnce(call));
  if (reply.ok() || reply.status == 404) return Ok();
  return internal::ErrorOf(call, reply);
}

const std::string& S3Client::endpoint() const { return impl_->session.settings().s3_endpoint; }

Result<S3ObjectInfo> FetchToFile(std::string_view uri, const std::filesystem::path& path, Progress& progress) {
  VALENCE_TRY(const S3Uri parsed, ParseS3Uri(uri));
  VALENCE_TRY(S3Client client, S3Client::FromEnvironment());
  return client.Get(parsed, path, progress);
}

}  // namespace valence::net
