// SPDX-License-Identifier: Apache-2.0
#include "valence/net/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>
#include <vector>

#include "http_url.h"
#include "valence/base/digest.h"

namespace valence::net {
namespace {

/// The parts of an URL that are signed, as they stand there.
struct UrlParts {
  std::string_view path;
  std::string_view query;
};

UrlParts SplitUrl(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t authority = url.find("://") + 3;
  const std::size_t begin = std::min(url.find_first_of("/?", authority), url.size());
  const std::size_t question = std::min(url.find('?', begin), url.size());
  return {url.substr(begin, question - begin), question < url.size() ? url.substr(question + 1) : ""};
}

/// What libcurl sends as Host: the authority without a scheme's own port.
std::string HostHeader(std::string_view url) {
  std::string_view host = internal::AuthorityOf(url);
  const std::string_view own_port = internal::SchemeOf(url) == "https" ? ":443" : ":80";
  if (host.size() > own_port.size() && host.substr(host.size() - own_port.size()) == own_port) {
    host.remove_suffix(own_port.size());
  }
  return std::string(host);
}

/// RFC 3986 5.2.4: without "." and "..", and without empty segments.
std::string NormalizePath(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view segment;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segment = path.substr(begin, end - begin);
    begin = end + 1;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string normal;
  for (const std::string_view part : kept) normal.append("/").append(part);
  const bool ends_in_slash = path.empty() || path.back() == '/' || segment == "." || segment == "..";
  return ends_in_slash || normal.empty() ? normal + "/" : normal;
}

std::string CanonicalPath(std::string_view path, const SigningScope& scope) {
  if (scope.service == "s3") return path.empty() ? "/" : std::string(path);  // a key may hold "//" and ".."
  return PercentEncode(NormalizePath(path), true);
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view item = query.substr(begin, end - begin);
    begin = end + 1;
    if (item.empty()) continue;
    const std::size_t equals = std::min(item.find('='), item.size());
    const std::string_view value = equals < item.size() ? item.substr(equals + 1) : "";
    parameters.emplace_back(PercentEncode(PercentDecode(item.substr(0, equals))), PercentEncode(PercentDecode(value)));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string text;
  for (const auto& [name, value] : parameters) {
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return text;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

/// Without white space at the ends, and one space in place of many.
std::string TrimValue(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool is_space = c == ' ' || c == '\t';
    if (is_space && (out.empty() || out.back() == ' ')) continue;
    out += is_space ? ' ' : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Name in lower case -> values joined by commas.
std::map<std::string, std::string> CanonicalHeaders(const HttpCall& call) {
  std::map<std::string, std::string> headers;
  for (const HttpHeader& header : call.headers) {
    const auto [at, is_new] = headers.try_emplace(LowerCase(header.name), TrimValue(header.value));
    if (!is_new) at->second.append(",").append(TrimValue(header.value));
  }
  headers.try_emplace("host", HostHeader(call.url));
  return headers;
}

std::string SignedHeaders(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names.append(names.empty() ? "" : ";").append(name);
  return names;
}

/// "20150830T123600Z"
std::string BasicTime(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

std::string Signature(const std::string& secret, std::string_view date, const SigningScope& scope,
                      const std::string& string_to_sign) {
  std::string key = HmacSha256("AWS4" + secret, date);
  key = HmacSha256(key, scope.region);
  key = HmacSha256(key, scope.service);
  key = HmacSha256(key, "aws4_request");
  return ToHex(HmacSha256(key, string_to_sign));
}

}  // namespace

std::string CanonicalRequest(const HttpCall& call, const SigningScope& scope, std::string_view payload_sha256) {
  const UrlParts url = SplitUrl(call.url);
  const auto headers = CanonicalHeaders(call);
  std::string text =
      fmt::format("{}\n{}\n{}\n", call.method, CanonicalPath(url.path, scope), CanonicalQuery(url.query));
  for (const auto& [name, value] : headers) text.append(name).append(":").append(value).append("\n");
  return text.append("\n").append(SignedHeaders(headers)).append("\n").append(payload_sha256);
}

void SignV4(const AwsCredentials& credentials, const SigningScope& scope, std::chrono::system_clock::time_point now,
            std::string_view payload_sha256, HttpCall* call) {
  const std::string time = BasicTime(now);
  const std::string_view date = std::string_view(time).substr(0, 8);
  call->headers.push_back({"X-Amz-Date", time});
  if (!credentials.session_token.empty()) {
    call->headers.push_back({"X-Amz-Security-Token", credentials.session_token});
  }
  if (scope.service == "s3") call->headers.push_back({"x-amz-content-sha256", std::string(payload_sha256)});

  const std::string scope_text = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  const std::string canonical = CanonicalRequest(*call, scope, payload_sha256);
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope_text, Sha256Hex(canonical));
  call->headers.push_back(
      {"Authorization", fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                    credentials.access_key_id, scope_text, SignedHeaders(CanonicalHeaders(*call)),
                                    Signature(credentials.secret_access_key, date, scope, to_sign))});
}

}  // namespace valence::net
