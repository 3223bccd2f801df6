// SPDX-License-Identifier: Apache-2.0
#include "rest_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "valence/base/digest.h"

namespace valence::tracking::internal {
namespace {

constexpr std::string_view kApi = "api/2.0/mlflow/";
/// Files up to this go over the connection of the calls, within its time limit.
constexpr std::uint64_t kSmallFile = 8u << 20;

/// Basic wins over a token, and what the address holds is as good as the variables. A signature wins over both.
std::vector<net::HttpHeader> HeadersFor(const RestOptions& options, const ServerUri& server) {
  std::vector<net::HttpHeader> headers;
  const bool in_uri = options.username.empty() && !server.username.empty();
  const std::string& username = in_uri ? server.username : options.username;
  const std::string& password = in_uri ? server.password : options.password;
  if (options.sign) {
    // each request brings its own
  } else if (!username.empty() || !password.empty()) {
    headers.push_back({"Authorization", "Basic " + ToBase64(username + ":" + password)});
  } else if (!options.token.empty()) {
    headers.push_back({"Authorization", "Bearer " + options.token});
  }
  if (!options.workspace.empty()) headers.push_back({"X-MLFLOW-WORKSPACE", options.workspace});
  return headers;
}

std::string Encode(const Query& query) {
  std::string text;
  for (const auto& [key, value] : query) {
    text += fmt::format("{}{}={}", text.empty() ? '?' : '&', key, net::PercentEncode(value));
  }
  return text;
}

std::uint64_t FileBytes(const std::filesystem::path& file) {
  std::error_code failure;
  const std::uint64_t bytes = std::filesystem::file_size(file, failure);
  return failure ? 0 : bytes;
}

std::string HostOf(const std::string& url) {
  const Result<ServerUri> parsed = ParseServerUri(url.substr(0, url.find('?')));
  return parsed.has_value() ? parsed->host() : url;
}

Result<net::HttpReply> SendBy(net::HttpClient& http, const net::HttpCall& call, const std::string& what,
                              const net::HttpBodySink& sink, const net::HttpPrepare& sign) {
  Result<net::HttpReply> reply = http.Send(call, sink, sign);
  if (!reply.has_value()) return reply;  // names method and address itself
  if (!reply->ok()) return ExplainReply(*reply, what, HostOf(call.url));
  return reply;
}

Result<Json> ParseAnswer(const net::HttpReply& reply, const std::string& what) {
  if (reply.body.empty()) return Json::MakeObject();
  Result<Json> json = Json::Parse(reply.body);
  if (json.has_value() && json->is_object()) return json;
  return Unavailable(fmt::format(
      "{}: HTTP {} with what is not MLflow's JSON: '{}'; is this an MLflow server, or a proxy's login page?", what,
      reply.status, Snippet(reply.body)));
}

}  // namespace

Result<std::shared_ptr<RestClient>> RestClient::Make(RestOptions options) {
  VALENCE_TRY(ServerUri server, ParseServerUri(options.uri));
  return std::shared_ptr<RestClient>(new RestClient(std::move(options), std::move(server)));
}

RestClient::RestClient(RestOptions options, ServerUri server)
    : options_(std::move(options)),
      server_(std::move(server)),
      headers_(HeadersFor(options_, server_)),
      http_(options_.http) {}

Result<Json> RestClient::Get(const std::string& route, const Query& query) {
  return CallRoute("GET", route, Encode(query), "", Repeat::kSafe);
}

Result<Json> RestClient::Call(const std::string& method, const std::string& route, const Json& body, Repeat repeat) {
  return CallRoute(method, route, "", body.Dump(), repeat);
}

Result<Json> RestClient::PostText(const std::string& route, std::string body, Repeat repeat) {
  return CallRoute("POST", route, "", std::move(body), repeat);
}

Result<Json> RestClient::CallRoute(const std::string& method, const std::string& route, const std::string& query,
                                   std::string body, Repeat repeat) {
  const std::string url = fmt::format("{}/{}{}{}", server_.Base(), kApi, route, query);
  return CallUrl(method, url, std::move(body), repeat, fmt::format("{} {} at {}", method, route, server_.Base()));
}

Result<Json> RestClient::GetUrl(const std::string& url, const std::string& what) {
  return CallUrl("GET", url, "", Repeat::kSafe, what);
}

Result<Json> RestClient::CallUrl(const std::string& method, const std::string& url, std::string body, Repeat repeat,
                                 const std::string& what) {
  net::HttpCall call;
  call.method = method;
  call.url = url;
  call.body = std::move(body);
  call.repeatable = repeat == Repeat::kSafe;
  if (method != "GET") call.headers.push_back({"Content-Type", "application/json"});
  VALENCE_TRY(const net::HttpReply reply, Exchange(std::move(call), what));
  return ParseAnswer(reply, what);
}

Result<net::HttpReply> RestClient::Exchange(net::HttpCall call, const std::string& what) {
  call.headers.insert(call.headers.end(), headers_.begin(), headers_.end());
  return SendBy(http_, call, what, {}, options_.sign);
}

Result<net::HttpReply> RestClient::ExchangeFile(net::HttpCall call, const std::string& what,
                                                const net::HttpBodySink& sink) {
  call.headers.insert(call.headers.end(), headers_.begin(), headers_.end());
  const bool is_small = !sink && FileBytes(call.upload) <= kSmallFile;
  return SendBy(is_small ? http_ : files(), call, what, sink, options_.sign);
}

Result<net::HttpReply> RestClient::ExchangeUnsigned(const net::HttpCall& call, const std::string& what) {
  return SendBy(files(), call, what, {}, {});
}

net::HttpClient& RestClient::files() {
  if (!files_.has_value()) {
    net::HttpClientOptions options = options_.http;
    options.attempt_timeout = options_.file_timeout;
    options.retry.deadline = std::chrono::hours(24);  // a big file takes its time; the stall limit still holds
    files_.emplace(std::move(options));
  }
  return *files_;
}

void RestClient::PauseBeforeRepeat(int n) const {
  const net::RetryPolicy& retry = options_.http.retry;
  std::this_thread::sleep_for(std::min(retry.first_pause * (1 << n), retry.longest_pause));
}

}  // namespace valence::tracking::internal
