// SPDX-License-Identifier: Apache-2.0
#include "valence/net/aws_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "http_url.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"

namespace valence::net {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

/// Reads one of the two files. In `config` profiles are "[profile NAME]", but for "[default]".
class ProfileReader {
 public:
  ProfileReader(std::string file, bool is_config, AwsProfiles* out)
      : file_(std::move(file)), is_config_(is_config), out_(out) {}

  Status Read() {
    const auto text = ReadFile(file_, kMaxFileBytes);
    if (!text.has_value()) {
      if (text.error().code == ErrorCode::kNotFound) return Ok();
      return text.error();
    }
    const std::string_view all = *text;
    for (std::size_t begin = 0; begin < all.size();) {
      const std::size_t end = std::min(all.find('\n', begin), all.size());
      ++line_;
      VALENCE_RETURN_IF_ERROR(TakeLine(all.substr(begin, end - begin)));
      begin = end + 1;
    }
    return Ok();
  }

 private:
  Status TakeLine(std::string_view line) {
    const bool is_indented = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    line = Trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') return Ok();
    if (line.front() == '[') return TakeSection(line);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || Trim(line.substr(0, equals)).empty()) {
      // Never show the line: it may be a key that lost its name.
      return Wrong("expected 'name = value'");
    }
    if (section_ == nullptr) return ignored_ ? Ok() : Status(Wrong("expected '[name]' before settings"));
    const std::string name = LowerCase(Trim(line.substr(0, equals)));
    const std::string_view value = WithoutComment(Trim(line.substr(equals + 1)));
    if (is_indented && !block_.empty()) {
      (*section_)[block_ + "." + name] = value;
      return Ok();
    }
    block_ = value.empty() ? name : "";
    (*section_)[name] = value;
    return Ok();
  }

  Status TakeSection(std::string_view line) {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) return Wrong("expected ']'");
    const std::string_view title = Trim(line.substr(1, end - 1));
    const std::size_t space = title.find_first_of(" \t");
    const std::string_view kind = title.substr(0, space);
    const std::string name(space == std::string_view::npos ? "" : Trim(title.substr(space)));
    block_.clear();
    section_ = nullptr;
    ignored_ = true;
    if (!is_config_ || title == "default") {
      section_ = &out_->profiles[std::string(title)];
    } else if (kind == "profile" && !name.empty()) {
      section_ = &out_->profiles[name];
    } else if (kind == "services" && !name.empty()) {
      section_ = &out_->services[name];
    }
    return Ok();
  }

  static std::string_view WithoutComment(std::string_view value) {
    for (std::size_t i = 1; i < value.size(); ++i) {
      if ((value[i] == '#' || value[i] == ';') && value[i - 1] == ' ') return Trim(value.substr(0, i));
    }
    return value;
  }

  Error Wrong(std::string_view expected) const {
    return InvalidArgument(fmt::format("{}:{}: {}", file_, line_, expected));
  }

  std::string file_;
  bool is_config_;
  AwsProfiles* out_;
  AwsProfile* section_ = nullptr;
  bool ignored_ = false;  ///< in a section of another kind
  std::string block_;     ///< the setting without a value that indented lines belong to
  int line_ = 0;
};

std::string FirstOf(std::initializer_list<std::string> values) {
  for (const std::string& value : values) {
    if (!value.empty()) return value;
  }
  return "";
}

/// The endpoint of a service: its variable, the common one, the profile's services block, the profile's own.
std::string EndpointOf(const std::string& service, const std::string& variable, const Environment& environment,
                       const AwsProfiles& profiles) {
  if (LowerCase(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "true") return "";
  std::string of_services;
  const auto services = profiles.services.find(profiles.Setting("services"));
  if (services != profiles.services.end()) {
    const auto found = services->second.find(service + ".endpoint_url");
    if (found != services->second.end()) of_services = found->second;
  }
  std::string endpoint =
      FirstOf({environment(variable), environment("AWS_ENDPOINT_URL"), of_services, profiles.Setting("endpoint_url")});
  while (!endpoint.empty() && endpoint.back() == '/') endpoint.pop_back();
  return endpoint;
}

Status CheckEndpoint(const std::string& endpoint) {
  const std::string scheme = internal::SchemeOf(endpoint);
  const bool is_plain = endpoint.find_first_of("?#@ ") == std::string::npos;
  if (endpoint.empty() || ((scheme == "http" || scheme == "https") && is_plain)) return Ok();
  return InvalidArgument(fmt::format("AWS_ENDPOINT_URL: '{}' is not an http:// or https:// URL without user and query",
                                     internal::PublicUrl(endpoint)));
}

Result<S3Addressing> ParseAddressing(const std::string& text) {
  if (text.empty() || text == "auto") return S3Addressing::kAuto;
  if (text == "path") return S3Addressing::kPath;
  if (text == "virtual") return S3Addressing::kVirtual;
  return InvalidArgument(
      fmt::format("AWS_S3_ADDRESSING_STYLE (s3.addressing_style): '{}' is none of auto, path, virtual", text));
}

Status CheckRegion(const std::string& region) {
  const bool is_plain = std::all_of(region.begin(), region.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (is_plain) return Ok();
  return InvalidArgument(fmt::format("AWS_REGION: '{}' is not a region's name, such as eu-west-1", region));
}

}  // namespace

const AwsProfile& AwsProfiles::Selected() const {
  static const AwsProfile kNone;
  const auto found = profiles.find(selected);
  return found == profiles.end() ? kNone : found->second;
}

std::string AwsProfiles::Setting(const std::string& name) const {
  const AwsProfile& profile = Selected();
  const auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

Result<AwsProfiles> LoadAwsProfiles(const Environment& environment) {
  AwsProfiles out;
  const std::string chosen = FirstOf({environment("AWS_PROFILE"), environment("AWS_DEFAULT_PROFILE")});
  out.selected = FirstOf({chosen, "default"});
  out.is_chosen = !chosen.empty();
  const std::string home = environment("HOME");
  const auto file = [&](const char* variable, const char* name) {
    return FirstOf({environment(variable), home.empty() ? "" : home + "/.aws/" + name});
  };
  const std::string config = file("AWS_CONFIG_FILE", "config");
  const std::string credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
  if (!config.empty()) VALENCE_RETURN_IF_ERROR(ProfileReader(config, true, &out).Read());
  if (!credentials.empty()) VALENCE_RETURN_IF_ERROR(ProfileReader(credentials, false, &out).Read());
  if (out.is_chosen && out.profiles.count(out.selected) == 0) {
    return InvalidArgument(
        fmt::format("AWS_PROFILE: there is no profile '{}' in {} or {}", out.selected, config, credentials));
  }
  return out;
}

Result<AwsSettings> LoadAwsSettings(const Environment& environment) {
  VALENCE_TRY(const AwsProfiles profiles, LoadAwsProfiles(environment));
  AwsSettings settings;
  settings.region =
      FirstOf({environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), profiles.Setting("region"), "us-east-1"});
  VALENCE_RETURN_IF_ERROR(CheckRegion(settings.region));
  settings.s3_endpoint = EndpointOf("s3", "AWS_ENDPOINT_URL_S3", environment, profiles);
  VALENCE_RETURN_IF_ERROR(CheckEndpoint(settings.s3_endpoint));
  settings.sts_endpoint = EndpointOf("sts", "AWS_ENDPOINT_URL_STS", environment, profiles);
  VALENCE_RETURN_IF_ERROR(CheckEndpoint(settings.sts_endpoint));
  VALENCE_TRY(
      settings.addressing,
      ParseAddressing(FirstOf({environment("AWS_S3_ADDRESSING_STYLE"), profiles.Setting("s3.addressing_style")})));
  settings.ca_bundle = FirstOf({environment("AWS_CA_BUNDLE"), profiles.Setting("ca_bundle")});
  const std::string attempts = FirstOf({environment("AWS_MAX_ATTEMPTS"), profiles.Setting("max_attempts")});
  if (!attempts.empty()) {
    const auto number = ParseInt(attempts);
    if (!number.has_value() || *number < 1 || *number > 100) {
      return InvalidArgument(fmt::format("AWS_MAX_ATTEMPTS: expected 1 to 100, got '{}'", attempts));
    }
    settings.max_attempts = static_cast<int>(*number);
  }
  return settings;
}

std::string AwsDomain(const std::string& region) {
  return region.compare(0, 3, "cn-") == 0 ? "amazonaws.com.cn" : "amazonaws.com";
}

}  // namespace valence::net
