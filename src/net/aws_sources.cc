// SPDX-License-Identifier: Apache-2.0
#include "aws_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "aws_xml.h"
#include "http_url.h"
#include "valence/base/child_process.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/net/http_client.h"
#include "valence/net/sigv4.h"

namespace valence::net::internal {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMaxTokenBytes = 64 << 10;
constexpr milliseconds kProcessTimeout{60'000};

Result<std::string> ReadToken(const std::string& file, std::string_view setting) {
  auto text = ReadFile(file, kMaxTokenBytes);
  if (!text.has_value()) return Unavailable(std::move(text).error().With(setting).message);
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  if (text->empty()) return Unavailable(fmt::format("{}: {} is empty", setting, file));
  return *std::move(text);
}

std::string FormEncode(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    form.append(form.empty() ? "" : "&").append(name).append("=").append(PercentEncode(value));
  }
  return form;
}

std::string StringOf(const Json& json, std::string_view name) {
  const Json* value = json.Find(name);
  return value != nullptr && value->is_string() ? value->string() : "";
}

/// The JSON of processes, containers and the metadata service.
Result<AwsCredentials> ParseJsonCredentials(std::string_view text, std::string_view token_name) {
  const auto json = Json::Parse(text);
  if (!json.has_value()) return DataCorrupt("the answer is not JSON");
  AwsCredentials credentials{StringOf(*json, "AccessKeyId"), StringOf(*json, "SecretAccessKey"),
                             StringOf(*json, token_name), std::nullopt};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return DataCorrupt("the answer has no AccessKeyId and SecretAccessKey");
  }
  const std::string expires = StringOf(*json, "Expiration");
  if (!expires.empty()) {
    VALENCE_TRY(credentials.expires, ParseIso8601(expires));
  }
  return credentials;
}

/// A client for addresses on this machine and its host: no proxy, short limits.
HttpClient LocalClient(int attempts) {
  HttpClientOptions options;
  options.use_proxy = false;
  options.follow_redirects = false;
  options.connect_timeout = milliseconds(1000);
  options.attempt_timeout = milliseconds(5000);
  options.retry.attempts = attempts;
  options.retry.first_pause = milliseconds(200);
  options.max_reply_bytes = 1 << 20;
  return HttpClient(options);
}

/// The hosts to which the SDKs send a container's token without TLS.
bool IsContainerHost(std::string_view url) {
  if (SchemeOf(url) == "https") return true;
  std::string_view host = AuthorityOf(url);
  host = host.front() == '[' ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return host == "169.254.170.2" || host == "169.254.170.23" || host == "[fd00:ec2::23]" || host == "localhost" ||
         host == "[::1]" || host.substr(0, 4) == "127.";
}

Error Refused(std::string_view who, const HttpReply& reply) {
  return Unavailable(fmt::format("{} answered HTTP {}", who, reply.status));
}

}  // namespace

Result<AwsCredentials> AssumeRole(const AssumedRole& role, const AwsSettings& settings) {
  const bool is_web = !role.token_file.empty();
  const std::string session = role.session_name.empty() ? "valence" : role.session_name;
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Action", is_web ? "AssumeRoleWithWebIdentity" : "AssumeRole"},
      {"Version", "2011-06-15"},
      {"RoleArn", role.arn},
      {"RoleSessionName", session}};
  if (!role.external_id.empty()) fields.emplace_back("ExternalId", role.external_id);
  if (is_web) {
    VALENCE_TRY(std::string token, ReadToken(role.token_file, "AWS_WEB_IDENTITY_TOKEN_FILE"));
    fields.emplace_back("WebIdentityToken", std::move(token));
  }
  HttpCall call{.method = "POST"};
  const std::string& region = settings.region;
  call.url = settings.sts_endpoint.empty() ? fmt::format("https://sts.{}.{}/", region, AwsDomain(region))
                                           : settings.sts_endpoint + "/";
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = FormEncode(fields);
  const std::string digest = Sha256Hex(call.body);
  HttpClientOptions options;
  options.ca_file = settings.ca_bundle;
  options.attempt_timeout = milliseconds(30'000);
  options.retry.attempts = settings.max_attempts;
  const auto sign = [&](HttpCall* prepared) {
    if (!is_web) SignV4(role.signer, {region, "sts"}, std::chrono::system_clock::now(), digest, prepared);
    return Ok();
  };
  const std::string what = fmt::format("AWS STS, to assume {}", role.arn);
  auto reply = HttpClient(options).Send(call, {}, sign);
  if (!reply.has_value()) return std::move(reply).error().With(what);
  if (!reply->ok()) {
    const AwsError error = ParseAwsError(reply->body);
    if (error.code.empty()) return Refused(what, *reply);
    return Unavailable(fmt::format("{}: {} ({})", what, error.message, error.code));
  }
  auto credentials = ParseStsCredentials(reply->body);
  if (!credentials.has_value()) return std::move(credentials).error().With(what);
  return credentials;
}

Result<AwsCredentials> CredentialsOfProcess(const std::string& command) {
  // The SDKs, too, give it to a shell; what it writes to stderr may be a prompt, and is not part of the answer.
  auto child = RunChild({"/bin/sh", "-c", "exec 2>/dev/null; " + command}, kProcessTimeout);
  if (!child.has_value()) return std::move(child).error().With("credential_process");
  if (child->exit_code != 0) {
    return Unavailable(fmt::format("credential_process ended with exit code {}", child->exit_code));
  }
  auto credentials = ParseJsonCredentials(child->output, "SessionToken");
  if (!credentials.has_value()) return std::move(credentials).error().With("credential_process");
  return credentials;
}

Result<std::optional<AwsCredentials>> CredentialsOfContainer(const Environment& environment) {
  const std::string relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (relative.empty() && full.empty()) return std::optional<AwsCredentials>();
  HttpCall call;
  call.url = relative.empty() ? full : "http://169.254.170.2" + relative;
  if (AuthorityOf(call.url).empty() || !IsContainerHost(call.url)) {
    return InvalidArgument(fmt::format(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI: {} is neither https nor an address of this machine or its container agent",
        PublicUrl(call.url)));
  }
  std::string token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string token_file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!token_file.empty()) {
    VALENCE_TRY(token, ReadToken(token_file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
  }
  if (!token.empty()) call.headers = {{"Authorization", token}};
  auto reply = LocalClient(3).Send(call);
  if (!reply.has_value()) return std::move(reply).error().With("the container's credentials");
  if (!reply->ok()) return Refused("the container's credential endpoint", *reply);
  auto credentials = ParseJsonCredentials(reply->body, "Token");
  if (!credentials.has_value()) return std::move(credentials).error().With("the container's credentials");
  return std::optional(*std::move(credentials));
}

Result<std::optional<AwsCredentials>> CredentialsOfInstance(const Environment& environment) {
  if (environment("AWS_EC2_METADATA_DISABLED") == "true") return std::optional<AwsCredentials>();
  std::string base = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = "http://169.254.169.254";
  while (base.back() == '/') base.pop_back();
  HttpClient client = LocalClient(1);
  const HttpCall ask_token{.method = "PUT",
                           .url = base + "/latest/api/token",
                           .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}};
  const auto token = client.Send(ask_token);
  if (!token.has_value() || !token->ok()) return std::optional<AwsCredentials>();  // not on EC2
  const std::string path = base + "/latest/meta-data/iam/security-credentials/";
  HttpCall call{.url = path, .headers = {{"X-aws-ec2-metadata-token", token->body}}};
  const std::string what = "EC2's metadata service";
  VALENCE_TRY(const HttpReply roles, client.Send(call));
  if (roles.status == 404 || (roles.ok() && roles.body.empty())) return std::optional<AwsCredentials>();  // no role
  if (!roles.ok()) return Refused(what, roles);
  call.url = path + PercentEncode(roles.body.substr(0, roles.body.find('\n')));
  VALENCE_TRY(const HttpReply reply, client.Send(call));
  if (!reply.ok()) return Refused(what, reply);
  auto credentials = ParseJsonCredentials(reply.body, "Token");
  if (!credentials.has_value()) return std::move(credentials).error().With(what);
  return std::optional(*std::move(credentials));
}

}  // namespace valence::net::internal
