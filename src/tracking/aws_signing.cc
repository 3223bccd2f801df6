// SPDX-License-Identifier: Apache-2.0
#include "aws_signing.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/net/aws_credentials.h"
#include "valence/net/aws_environment.h"
#include "valence/net/sigv4.h"

namespace valence::tracking::internal {
namespace {

constexpr const char* kService = "execute-api";

/// Of what the call will send: its body, or its part of a file.
Result<std::string> PayloadSha256(const net::HttpCall& call) {
  if (call.upload.empty()) return Sha256Hex(call.body);
  VALENCE_TRY(const MappedFile file, MappedFile::Open(call.upload));
  const std::string_view bytes = file.bytes();
  if (call.upload_offset > bytes.size())
    return Unavailable(call.upload.string() + ": became shorter while it was sent");
  return Sha256Hex(bytes.substr(call.upload_offset, std::min<std::uint64_t>(call.upload_bytes, bytes.size())));
}

}  // namespace

Result<net::HttpPrepare> MakeAwsSigner(const Environment& environment) {
  VALENCE_TRY(const net::AwsSettings settings, net::LoadAwsSettings(environment));
  VALENCE_TRY(const net::AwsProfiles profiles, net::LoadAwsProfiles(environment));
  const bool has_region = !environment("AWS_REGION").empty() || !environment("AWS_DEFAULT_REGION").empty() ||
                          !profiles.Setting("region").empty();
  if (!has_region) {
    return InvalidArgument(
        "MLFLOW_TRACKING_AWS_SIGV4 is set, but no region is: set AWS_REGION to that of the tracking server's API");
  }
  const auto credentials = std::make_shared<net::AwsCredentialChain>(environment);
  return net::HttpPrepare([credentials, region = settings.region](net::HttpCall* call) -> Status {
    Result<net::AwsCredentials> keys = credentials->Get();
    if (!keys.has_value()) return std::move(keys).error().With("MLFLOW_TRACKING_AWS_SIGV4");
    VALENCE_TRY(const std::string payload, PayloadSha256(*call));
    call->headers.push_back({"x-amz-content-sha256", payload});  // MLflow's signer sends it for every service
    net::SignV4(*keys, {region, kService}, std::chrono::system_clock::now(), payload, call);
    return Ok();
  });
}

}  // namespace valence::tracking::internal
