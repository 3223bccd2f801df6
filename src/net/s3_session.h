// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "valence/net/aws_credentials.h"
#include "valence/net/http_client.h"
#include "valence/net/s3_client.h"
#include "valence/net/sigv4.h"

namespace valence::net::internal {

/// One request to S3.
struct S3Call {
  std::string method = "GET";
  S3Uri uri = {};
  std::string query = {};  ///< already encoded, without '?'
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  std::filesystem::path upload = {};  ///< as HttpCall's
  std::uint64_t upload_offset = 0;
  std::uint64_t upload_bytes = UINT64_MAX;
  std::string payload_sha256 = std::string(kEmptySha256);
};

/// Signs and sends, with what every request to S3 needs: addresses, the bucket's region, credentials that are renewed
/// once when S3 says that they have expired, and connections kept from call to call. Thread-safe.
class S3Session {
 public:
  /// `headers` go with every request.
  S3Session(Environment environment, AwsSettings settings, const HttpClientOptions& http,
            std::vector<HttpHeader> headers = {});

  /// The answer if it is a 2xx. Else an error that says what S3 refused.
  Result<HttpReply> Send(const S3Call& call, const HttpBodySink& sink = {});
  /// The answer of any status.
  Result<HttpReply> SendOnce(const S3Call& call, const HttpBodySink& sink = {});

  const AwsSettings& settings() const { return settings_; }

 private:
  class Loan;
  std::string RegionOf(const std::string& bucket);
  /// Learns the bucket's region from a refusal; false if it says none, or none that is new.
  bool TurnToRegion(const S3Call& call, const HttpReply& reply, const std::string& asked_region);
  Result<HttpReply> SendSigned(const S3Call& call, const std::string& region, const HttpBodySink& sink);
  std::string UrlOf(const S3Call& call, const std::string& region) const;

  AwsSettings settings_;
  HttpClientOptions http_;
  std::vector<HttpHeader> headers_;
  AwsCredentialChain credentials_;
  std::mutex mutex_;
  std::map<std::string, std::string> regions_;        ///< of buckets that are elsewhere than asked
  std::vector<std::unique_ptr<HttpClient>> clients_;  ///< idle, with their connections
};

/// What a refusal means, and what to do.
Error ErrorOf(const S3Call& call, const HttpReply& reply);

}  // namespace valence::net::internal
