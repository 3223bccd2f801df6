// SPDX-License-Identifier: Apache-2.0
#include "s3_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "aws_xml.h"
#include "http_url.h"

namespace valence::net::internal {
namespace {

/// A name that can be a part of a host's, and of one that AWS's certificate covers.
bool FitsHostName(std::string_view bucket) {
  return bucket.size() <= 63 && std::all_of(bucket.begin(), bucket.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool IsExpired(const HttpReply& reply) {
  if (reply.status != 400 && reply.status != 403) return false;
  const std::string code = ParseAwsError(reply.body).code;
  return code == "ExpiredToken" || code == "TokenRefreshRequired" || code == "RequestExpired";
}

}  // namespace

/// A client taken from the idle ones, and given back with its connection.
class S3Session::Loan {
 public:
  explicit Loan(S3Session* session) : session_(session) {
    const std::lock_guard lock(session->mutex_);
    if (session->clients_.empty()) {
      client_ = std::make_unique<HttpClient>(session->http_);
    } else {
      client_ = std::move(session->clients_.back());
      session->clients_.pop_back();
    }
  }
  ~Loan() {
    const std::lock_guard lock(session_->mutex_);
    session_->clients_.push_back(std::move(client_));
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  HttpClient* operator->() { return client_.get(); }

 private:
  S3Session* session_;
  std::unique_ptr<HttpClient> client_;
};

S3Session::S3Session(Environment environment, AwsSettings settings, const HttpClientOptions& http,
                     std::vector<HttpHeader> headers)
    : settings_(std::move(settings)), http_(http), headers_(std::move(headers)), credentials_(std::move(environment)) {
  http_.follow_redirects = false;  // a redirect needs a new signature: see TurnToRegion
  http_.retry.attempts = settings_.max_attempts;
  if (http_.ca_file.empty()) http_.ca_file = settings_.ca_bundle;
}

std::string S3Session::RegionOf(const std::string& bucket) {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(bucket);
  return found == regions_.end() ? settings_.region : found->second;
}

bool S3Session::TurnToRegion(const S3Call& call, const HttpReply& reply, const std::string& asked_region) {
  if (reply.status != 301 && reply.status != 307 && reply.status != 400) return false;
  std::string region(reply.Header("x-amz-bucket-region"));
  if (region.empty()) region = ParseAwsError(reply.body).region;
  if (region.empty() || region == asked_region) return false;
  const std::lock_guard lock(mutex_);
  regions_[call.uri.bucket] = region;
  return true;
}

std::string S3Session::UrlOf(const S3Call& call, const std::string& region) const {
  const bool is_aws = settings_.s3_endpoint.empty();
  const std::string endpoint =
      is_aws ? fmt::format("https://s3.{}.{}", region, AwsDomain(region)) : settings_.s3_endpoint;
  const bool is_virtual = settings_.addressing == S3Addressing::kVirtual ||
                          (settings_.addressing == S3Addressing::kAuto && is_aws && FitsHostName(call.uri.bucket));
  const std::string key = PercentEncode(call.uri.key, true);
  std::string url;
  if (is_virtual) {
    const std::size_t host = endpoint.find("://") + 3;
    url = fmt::format("{}{}.{}/{}", endpoint.substr(0, host), call.uri.bucket, endpoint.substr(host), key);
  } else {
    url = fmt::format("{}/{}/{}", endpoint, call.uri.bucket, key);
  }
  return call.query.empty() ? url : fmt::format("{}?{}", url, call.query);
}

Result<HttpReply> S3Session::SendSigned(const S3Call& call, const std::string& region, const HttpBodySink& sink) {
  HttpCall http{.method = call.method,
                .url = UrlOf(call, region),
                .headers = call.headers,
                .body = call.body,
                .upload = call.upload,
                .upload_offset = call.upload_offset,
                .upload_bytes = call.upload_bytes};
  http.headers.insert(http.headers.end(), headers_.begin(), headers_.end());
  const auto sign = [&](HttpCall* prepared) -> Status {
    VALENCE_TRY(const AwsCredentials credentials, credentials_.Get());
    SignV4(credentials, {region, "s3"}, std::chrono::system_clock::now(), call.payload_sha256, prepared);
    return Ok();
  };
  Loan client(this);
  return client->Send(http, sink, sign);
}

Result<HttpReply> S3Session::SendOnce(const S3Call& call, const HttpBodySink& sink) {
  bool turned = false;
  bool renewed = false;
  for (;;) {
    const std::string region = RegionOf(call.uri.bucket);
    auto reply = SendSigned(call, region, sink);
    if (!reply.has_value() || reply->ok()) return reply;
    if (!turned && TurnToRegion(call, *reply, region)) {
      turned = true;
    } else if (!renewed && IsExpired(*reply)) {
      credentials_.Forget();
      renewed = true;
    } else {
      return reply;
    }
  }
}

Result<HttpReply> S3Session::Send(const S3Call& call, const HttpBodySink& sink) {
  auto reply = SendOnce(call, sink);
  if (!reply.has_value()) return std::move(reply).error().With(call.uri.ToString());
  if (!reply->ok()) return ErrorOf(call, *reply);
  return reply;
}

}  // namespace valence::net::internal
