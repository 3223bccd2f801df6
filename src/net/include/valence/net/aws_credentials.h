// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "valence/base/result.h"
#include "valence/net/aws_environment.h"

namespace valence::net {

/// What signs a request. Never put it into a message or log.
struct AwsCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;                                     ///< "" for keys that last
  std::optional<std::chrono::system_clock::time_point> expires;  ///< of temporary ones
};

/// The standard chain, in the SDKs' order: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; web identity
/// (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN); the profile (keys, credential_process, role_arn with source_profile,
/// credential_source or web_identity_token_file); a container's or EKS Pod Identity's endpoint
/// (AWS_CONTAINER_CREDENTIALS_*); EC2's metadata service (IMDSv2). The first that is set up is used: its failure is an
/// error, not a reason to try the next. Thread-safe.
class AwsCredentialChain {
 public:
  explicit AwsCredentialChain(Environment environment = ProcessEnvironment());
  ~AwsCredentialChain();
  AwsCredentialChain(const AwsCredentialChain&) = delete;
  AwsCredentialChain& operator=(const AwsCredentialChain&) = delete;

  /// Credentials that last at least a minute longer, from memory when they do; temporary ones are renewed five minutes
  /// before they end. Errors: kNotFound (none: says where it looked), kUnavailable (a source failed),
  /// kInvalidArgument (a setting that cannot be used), kUnimplemented (SSO profiles).
  Result<AwsCredentials> Get();
  /// Forgets what Get remembers: a server said that it is no longer good.
  void Forget();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::net
