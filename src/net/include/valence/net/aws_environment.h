// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "valence/base/environment.h"
#include "valence/base/result.h"

namespace valence::net {

/// A profile's settings, names in lower case; one of a nested block is "s3.addressing_style".
using AwsProfile = std::map<std::string, std::string>;

/// The profiles of ~/.aws/config and ~/.aws/credentials (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE); where both have
/// a setting, the credentials file's counts. A file that is absent is empty.
struct AwsProfiles {
  std::map<std::string, AwsProfile> profiles;
  std::map<std::string, AwsProfile> services;  ///< [services NAME]
  std::string selected;                        ///< AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"
  bool is_chosen = false;                      ///< by one of the variables

  /// The selected profile; empty if it does not exist.
  const AwsProfile& Selected() const;
  /// A setting of the selected profile, or "".
  std::string Setting(const std::string& name) const;
};

/// Errors: kInvalidArgument with file and line for what cannot be read as a profile, or if AWS_PROFILE names none;
/// kUnavailable if a file cannot be read.
Result<AwsProfiles> LoadAwsProfiles(const Environment& environment);

enum class S3Addressing {
  kAuto,     ///< virtual host on AWS for buckets whose name allows it, else path
  kPath,     ///< https://host/bucket/key
  kVirtual,  ///< https://bucket.host/key
};

/// Where AWS's services are, as the SDKs read it.
struct AwsSettings {
  std::string region;        ///< AWS_REGION, AWS_DEFAULT_REGION, the profile's region; else us-east-1
  std::string s3_endpoint;   ///< AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile's; "" is AWS
  std::string sts_endpoint;  ///< AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, the profile's; "" is AWS
  S3Addressing addressing = S3Addressing::kAuto;  ///< AWS_S3_ADDRESSING_STYLE or the profile's s3.addressing_style
  std::string ca_bundle;                          ///< AWS_CA_BUNDLE, the profile's ca_bundle; "" is the system's
  int max_attempts = 5;                           ///< AWS_MAX_ATTEMPTS, the profile's max_attempts
};

/// Errors: as LoadAwsProfiles, and kInvalidArgument for a value that cannot be used, naming the setting.
Result<AwsSettings> LoadAwsSettings(const Environment& environment);

/// "amazonaws.com", or that of the region's own partition ("amazonaws.com.cn").
std::string AwsDomain(const std::string& region);

}  // namespace valence::net
