// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "valence/base/result.h"
#include "valence/net/aws_credentials.h"

/// The sources of credentials behind AwsCredentialChain that ask someone. Errors: kUnavailable (no or no good answer),
/// kDataCorrupt (an answer that cannot be read), kInvalidArgument (a setting that cannot be used). None shows a secret.
namespace valence::net::internal {

struct AssumedRole {
  std::string arn;
  std::string session_name;  ///< "" is "valence"
  std::string token_file;    ///< of web identity; "" signs with `signer`
  std::string external_id;   ///< "" sends none
  AwsCredentials signer;
};

/// STS AssumeRoleWithWebIdentity, or AssumeRole if there is no token file.
Result<AwsCredentials> AssumeRole(const AssumedRole& role, const AwsSettings& settings);

/// What a profile's credential_process prints.
Result<AwsCredentials> CredentialsOfProcess(const std::string& command);

/// The endpoint of ECS and EKS Pod Identity, if AWS_CONTAINER_CREDENTIALS_{RELATIVE,FULL}_URI is set.
Result<std::optional<AwsCredentials>> CredentialsOfContainer(const Environment& environment);

/// EC2's metadata service (IMDSv2 only), unless AWS_EC2_METADATA_DISABLED is "true". Nothing if none answers.
Result<std::optional<AwsCredentials>> CredentialsOfInstance(const Environment& environment);

}  // namespace valence::net::internal
