// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "valence/net/aws_credentials.h"
#include "valence/net/http_client.h"

namespace valence::net {

/// For what a signature holds.
struct SigningScope {
  std::string region;
  std::string service;  ///< "s3" keeps paths as they are and sends x-amz-content-sha256
};

/// SHA-256 of nothing, in hexadecimal.
inline constexpr std::string_view kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The canonical form of a request that SigV4 signs. Headers: all of `call` and Host. Exposed for tests.
std::string CanonicalRequest(const HttpCall& call, const SigningScope& scope, std::string_view payload_sha256);

/// Signs a request with AWS Signature Version 4: adds X-Amz-Date, X-Amz-Security-Token if there is a token,
/// x-amz-content-sha256 for S3, and Authorization. `payload_sha256`: hexadecimal digest of the body. The call must not
/// carry these headers yet, and must not change afterwards. Reference: AWS, "Signature Version 4 signing process".
void SignV4(const AwsCredentials& credentials, const SigningScope& scope, std::chrono::system_clock::time_point now,
            std::string_view payload_sha256, HttpCall* call);

}  // namespace valence::net
