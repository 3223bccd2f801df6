// SPDX-License-Identifier: Apache-2.0
#include "valence/net/aws_credentials.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "aws_sources.h"

namespace valence::net {
namespace {

using Clock = std::chrono::system_clock;

constexpr std::chrono::minutes kRenewBefore{5};
constexpr std::chrono::minutes kLeastLeft{1};
constexpr int kMaxSourceProfiles = 5;

bool LastsFor(const AwsCredentials& credentials, std::chrono::minutes time) {
  return !credentials.expires.has_value() || *credentials.expires - Clock::now() > time;
}

/// Asks the sources in their order. One use.
class ChainWalk {
 public:
  ChainWalk(const Environment& environment, AwsProfiles profiles, AwsSettings settings)
      : environment_(environment), profiles_(std::move(profiles)), settings_(std::move(settings)) {}

  Result<AwsCredentials> Run() {
    VALENCE_TRY(std::optional<AwsCredentials> found, FromEnvironment());
    if (!found.has_value()) {
      VALENCE_TRY(found, FromWebIdentity());
    }
    if (!found.has_value()) {
      VALENCE_TRY(found, FromProfile(profiles_.selected, 0));
    }
    if (!found.has_value()) {
      VALENCE_TRY(found, internal::CredentialsOfContainer(environment_));
    }
    if (!found.has_value()) {
      VALENCE_TRY(found, internal::CredentialsOfInstance(environment_));
    }
    if (found.has_value()) return *std::move(found);
    return NotFound(fmt::format(
        "no AWS credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, web identity, the profile '{}', a "
        "container's endpoint nor EC2's metadata service gave any; set the two variables or AWS_PROFILE",
        profiles_.selected));
  }

 private:
  using Found = Result<std::optional<AwsCredentials>>;

  Found FromEnvironment() const {
    AwsCredentials keys{environment_("AWS_ACCESS_KEY_ID"), environment_("AWS_SECRET_ACCESS_KEY"),
                        environment_("AWS_SESSION_TOKEN"), std::nullopt};
    if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return std::optional<AwsCredentials>();
    if (keys.access_key_id.empty()) return InvalidArgument("AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not");
    if (keys.secret_access_key.empty()) {
      return InvalidArgument("AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
    }
    return std::optional(std::move(keys));
  }

  Found FromWebIdentity() const {
    internal::AssumedRole role;
    role.arn = environment_("AWS_ROLE_ARN");
    role.session_name = environment_("AWS_ROLE_SESSION_NAME");
    role.token_file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (role.token_file.empty()) return std::optional<AwsCredentials>();
    if (role.arn.empty()) return InvalidArgument("AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not");
    return Assume(role);
  }

  Found Assume(const internal::AssumedRole& role) const {
    VALENCE_TRY(AwsCredentials credentials, internal::AssumeRole(role, settings_));
    return std::optional(std::move(credentials));
  }

  Found FromProfile(const std::string& name, int depth) const {
    const auto found = profiles_.profiles.find(name);
    if (found == profiles_.profiles.end()) return std::optional<AwsCredentials>();
    const AwsProfile& profile = found->second;
    const auto get = [&](const char* setting) {
      const auto at = profile.find(setting);
      return at == profile.end() ? std::string() : at->second;
    };
    if (!get("role_arn").empty()) return FromRole(name, get, depth);
    AwsCredentials keys{get("aws_access_key_id"), get("aws_secret_access_key"), get("aws_session_token"), std::nullopt};
    if (!keys.access_key_id.empty() && !keys.secret_access_key.empty()) return std::optional(std::move(keys));
    if (!keys.access_key_id.empty() || !keys.secret_access_key.empty()) {
      return InvalidArgument(fmt::format("AWS profile '{}' has only one half of its key", name));
    }
    if (!get("credential_process").empty()) {
      VALENCE_TRY(AwsCredentials made, internal::CredentialsOfProcess(get("credential_process")));
      return std::optional(std::move(made));
    }
    if (!get("sso_session").empty() || !get("sso_start_url").empty()) {
      return Unimplemented(fmt::format(
          "AWS profile '{}' signs in with SSO; set credential_process = aws configure export-credentials --profile {}",
          name, name));
    }
    return std::optional<AwsCredentials>();
  }

  template <class Get>
  Found FromRole(const std::string& name, const Get& get, int depth) const {
    internal::AssumedRole role;
    role.arn = get("role_arn");
    role.session_name = get("role_session_name");
    role.external_id = get("external_id");
    role.token_file = get("web_identity_token_file");
    if (!role.token_file.empty()) return Assume(role);
    VALENCE_TRY(std::optional<AwsCredentials> signer,
                Signer(name, get("source_profile"), get("credential_source"), depth));
    if (!signer.has_value()) {
      return NotFound(
          fmt::format("AWS profile '{}': no credentials to assume {} with; it needs source_profile or "
                      "credential_source (Environment, EcsContainer, Ec2InstanceMetadata)",
                      name, role.arn));
    }
    role.signer = *std::move(signer);
    return Assume(role);
  }

  Found Signer(const std::string& name, const std::string& profile, const std::string& source, int depth) const {
    if (source == "Environment") return FromEnvironment();
    if (source == "EcsContainer") return internal::CredentialsOfContainer(environment_);
    if (source == "Ec2InstanceMetadata") return internal::CredentialsOfInstance(environment_);
    if (profile.empty()) return std::optional<AwsCredentials>();
    if (depth == kMaxSourceProfiles) {
      return InvalidArgument(fmt::format("AWS profile '{}': source_profile goes round in a circle", name));
    }
    if (profile != name) return FromProfile(profile, depth + 1);
    return OwnKeys(name);  // a profile may name itself: its own keys sign
  }

  Found OwnKeys(const std::string& name) const {
    const AwsProfile& profile = profiles_.profiles.at(name);
    const auto id = profile.find("aws_access_key_id");
    const auto secret = profile.find("aws_secret_access_key");
    if (id == profile.end() || secret == profile.end()) return std::optional<AwsCredentials>();
    return std::optional(AwsCredentials{id->second, secret->second, "", std::nullopt});
  }

  const Environment& environment_;
  AwsProfiles profiles_;
  AwsSettings settings_;
};

}  // namespace

struct AwsCredentialChain::Impl {
  Environment environment;
  std::mutex mutex;
  std::optional<AwsCredentials> current;
};

AwsCredentialChain::AwsCredentialChain(Environment environment) : impl_(std::make_unique<Impl>()) {
  impl_->environment = std::move(environment);
}
AwsCredentialChain::~AwsCredentialChain() = default;

Result<AwsCredentials> AwsCredentialChain::Get() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->current.has_value() && LastsFor(*impl_->current, kRenewBefore)) return *impl_->current;
  VALENCE_TRY(AwsProfiles profiles, LoadAwsProfiles(impl_->environment));
  VALENCE_TRY(AwsSettings settings, LoadAwsSettings(impl_->environment));
  auto fresh = ChainWalk(impl_->environment, std::move(profiles), std::move(settings)).Run();
  if (fresh.has_value()) {
    impl_->current = *fresh;
    return fresh;
  }
  // A source that is down for a moment does no harm while the old ones still hold.
  if (impl_->current.has_value() && LastsFor(*impl_->current, kLeastLeft)) return *impl_->current;
  return fresh;
}

void AwsCredentialChain::Forget() {
  const std::lock_guard lock(impl_->mutex);
  impl_->current.reset();
}

}  // namespace valence::net
