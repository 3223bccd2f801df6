// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "aws_signing.h"
#include "credentials.h"
#include "rest_uri.h"
#include "s3_objects.h"
#include "valence/tracking/stores.h"
#include "variables.h"

namespace valence::tracking {
namespace {

using internal::Variables;
using std::chrono::milliseconds;

constexpr std::string_view kLocalStore = "sqlite:///mlflow.db";

milliseconds Milliseconds(double seconds) { return milliseconds(std::llround(seconds * 1000)); }

Status ReadCredentialsInto(const Variables& variables, RestOptions* options) {
  options->username = variables.Text("MLFLOW_TRACKING_USERNAME");
  options->password = variables.Text("MLFLOW_TRACKING_PASSWORD");
  options->token = variables.Text("MLFLOW_TRACKING_TOKEN");
  options->workspace = variables.Text("MLFLOW_WORKSPACE");
  const std::string home = variables.Text("HOME");
  if (home.empty() || (!options->username.empty() && !options->password.empty())) return Ok();
  VALENCE_TRY(const internal::Credentials stored,
              internal::ReadCredentials(std::filesystem::path(home) / ".mlflow/credentials"));
  if (options->username.empty()) options->username = stored.username;
  if (options->password.empty()) options->password = stored.password;
  return Ok();
}

Status ReadTls(const Variables& variables, net::HttpClientOptions* http) {
  VALENCE_TRY(const bool insecure, variables.Boolean("MLFLOW_TRACKING_INSECURE_TLS", false));
  http->verify_tls = !insecure;
  http->ca_file = variables.Text("MLFLOW_TRACKING_SERVER_CERT_PATH");
  http->client_certificate = variables.Text("MLFLOW_TRACKING_CLIENT_CERT_PATH");
  if (insecure && !http->ca_file.empty()) {
    return InvalidArgument(
        "MLFLOW_TRACKING_INSECURE_TLS=true and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other; unset one");
  }
  return Ok();
}

/// Unset variables leave our own defaults, which give up sooner than MLflow's (minutes): the run is spooled then.
Status ReadRetries(const Variables& variables, net::HttpClientOptions* http) {
  net::RetryPolicy& retry = http->retry;
  VALENCE_TRY(const double retries, variables.Number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", retry.attempts - 1, 0, 1000));
  VALENCE_TRY(const double factor, variables.Number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR",
                                                    static_cast<double>(retry.first_pause.count()) / 1000, 0, 3600));
  VALENCE_TRY(const double jitter, variables.Number("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", retry.jitter, 0, 3600));
  VALENCE_TRY(const double timeout,
              variables.Number("MLFLOW_HTTP_REQUEST_TIMEOUT", static_cast<double>(http->attempt_timeout.count()) / 1000,
                               0.001, 86'400));
  VALENCE_TRY(retry.respect_retry_after, variables.Boolean("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", true));
  VALENCE_TRY(http->follow_redirects, variables.Boolean("MLFLOW_ALLOW_HTTP_REDIRECTS", true));
  retry.attempts = static_cast<int>(retries) + 1;
  retry.first_pause = Milliseconds(factor);
  retry.jitter = std::min(jitter, 1.0);  // MLflow's is in seconds; ours is the part of a pause, and all of it is most
  http->attempt_timeout = Milliseconds(timeout);
  // Who asks for longer attempts or more of them means it.
  constexpr int kAttemptsInDeadline = 2;
  retry.deadline = std::max(retry.deadline, kAttemptsInDeadline * http->attempt_timeout);
  if (!variables.Text("MLFLOW_HTTP_REQUEST_MAX_RETRIES").empty()) {
    constexpr milliseconds kMlflowLongestPause{120'000};
    retry.longest_pause = kMlflowLongestPause;
    retry.deadline = (http->attempt_timeout + kMlflowLongestPause) * retry.attempts;
  }
  return Ok();
}

Status ReadConnections(const Variables& variables, net::HttpClientOptions* http) {
  constexpr std::int64_t kLongest = 32'767;  // what Linux takes
  constexpr std::int64_t kMostProbes = 127;
  constexpr std::int64_t kAny = 1'000'000;
  net::TcpKeepalive& keepalive = http->keepalive;
  VALENCE_TRY(keepalive.enabled, variables.Boolean("MLFLOW_HTTP_TCP_KEEPALIVE", true));
  VALENCE_TRY(const std::int64_t idle,
              variables.Whole("MLFLOW_HTTP_TCP_KEEPALIVE_IDLE", keepalive.idle.count(), 1, kLongest));
  VALENCE_TRY(const std::int64_t interval,
              variables.Whole("MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL", keepalive.interval.count(), 1, kLongest));
  VALENCE_TRY(const std::int64_t count,
              variables.Whole("MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", keepalive.count, 1, kMostProbes));
  keepalive.idle = std::chrono::seconds(idle);
  keepalive.interval = std::chrono::seconds(interval);
  keepalive.count = static_cast<int>(count);
  // One connection is kept, and one more for big files: within any pool that these allow.
  VALENCE_RETURN_IF_ERROR(variables.Whole("MLFLOW_HTTP_POOL_CONNECTIONS", 1, 1, kAny));
  VALENCE_RETURN_IF_ERROR(variables.Whole("MLFLOW_HTTP_POOL_MAXSIZE", 1, 1, kAny));
  return Ok();
}

Status ReadFiles(const Variables& variables, RestOptions* options) {
  VALENCE_TRY(options->truncate_long_values, variables.Boolean("MLFLOW_TRUNCATE_LONG_VALUES", true));
  VALENCE_TRY(options->multipart, variables.Boolean("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", false));
  VALENCE_TRY(options->multipart_minimum,
              variables.Bytes("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", options->multipart_minimum, 0));
  VALENCE_TRY(options->multipart_chunk,
              variables.Bytes("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", options->multipart_chunk, 1));
  VALENCE_TRY(const double timeout, variables.Number("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", 0, 0, 86'400));
  options->file_timeout = Milliseconds(timeout);
  return Ok();
}

Result<Stores> OpenStore(const std::string& uri, const Environment& environment) {
  const std::string scheme = internal::SchemeOf(uri);
  if (scheme == "http" || scheme == "https") {
    VALENCE_TRY(RestOptions options, RestOptionsFrom(uri, environment));
    options.open_objects = [environment] { return internal::OpenS3Objects(environment); };
    return OpenRest(options);
  }
  VALENCE_TRY(const std::filesystem::path database, LocalDatabase(uri));
  return OpenSqlite(database, {});
}

}  // namespace

std::string UserName(const Environment& environment) {
  std::string name = environment("MLFLOW_TRACKING_USERNAME");
  if (!name.empty()) return name;
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : "unknown";
}

Result<RestOptions> RestOptionsFrom(const std::string& uri, const Environment& environment) {
  const Variables variables(environment);
  if (!variables.Text("MLFLOW_TRACKING_AUTH").empty()) {
    return InvalidArgument(
        "MLFLOW_TRACKING_AUTH is set, and names a plug-in in Python, which Valence cannot run; unset it and use "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_AWS_SIGV4");
  }
  RestOptions options;
  options.uri = uri;
  VALENCE_TRY(const bool signs, variables.Boolean("MLFLOW_TRACKING_AWS_SIGV4", false));
  if (signs) {
    VALENCE_TRY(options.sign, internal::MakeAwsSigner(environment));
  }
  VALENCE_RETURN_IF_ERROR(ReadCredentialsInto(variables, &options));
  VALENCE_RETURN_IF_ERROR(ReadTls(variables, &options.http));
  VALENCE_RETURN_IF_ERROR(ReadRetries(variables, &options.http));
  VALENCE_RETURN_IF_ERROR(ReadConnections(variables, &options.http));
  VALENCE_RETURN_IF_ERROR(ReadFiles(variables, &options));
  return options;
}

std::string TrackingUri(const std::string& given, const Environment& environment) {
  if (!given.empty()) return given;
  const std::string from_environment = environment("MLFLOW_TRACKING_URI");
  return from_environment.empty() ? std::string(kLocalStore) : from_environment;
}

Result<std::filesystem::path> LocalDatabase(const std::string& uri) {
  constexpr std::string_view kPrefix = "sqlite:///";
  if (uri.rfind(kPrefix, 0) == 0 && uri.size() > kPrefix.size()) {
    return std::filesystem::path(uri.substr(kPrefix.size()));
  }
  const std::string scheme = internal::SchemeOf(uri);
  if (scheme == "file" || scheme.empty()) {
    return InvalidArgument(
        fmt::format("tracking URI '{}': MLflow's file store is in maintenance, and not written by Valence; use {}, "
                    "after 'mlflow migrate-filestore' if it holds runs",
                    uri, kLocalStore));
  }
  return InvalidArgument(fmt::format(
      "a tracking URI of the kind '{}:' is not supported; use http(s)://host/path, sqlite:///relative.db or "
      "sqlite:////absolute.db",
      scheme));
}

Result<Stores> OpenStores(const std::string& tracking_uri, const Environment& environment) {
  const std::string uri = TrackingUri(tracking_uri, environment);
  VALENCE_TRY(Stores stores, OpenStore(uri, environment));
  const std::string registry_uri = environment("MLFLOW_REGISTRY_URI");
  if (registry_uri.empty() || registry_uri == uri) return stores;
  VALENCE_TRY(const Stores other, OpenStore(registry_uri, environment));
  stores.registry = other.registry;
  return stores;
}

}  // namespace valence::tracking
