// SPDX-License-Identifier: Apache-2.0
#include "http_client_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace valence::net::internal {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Transfer {
  CURL* handle;
  const BodySink* sink;
  GetResponse* response;
  bool head_is_read = false;
  std::optional<Error> sink_error;
};

bool InitializeCurl() {
  static const bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ok;
}

std::string Header(CURL* handle, const char* name) {
  curl_header* header = nullptr;
  return curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

void ReadHead(CURL* handle, GetResponse* out) {
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &out->status);
  char* redirect = nullptr;
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirect);
  out->redirect = redirect == nullptr ? "" : redirect;
  out->etag = Header(handle, "ETag");
  out->last_modified = Header(handle, "Last-Modified");
  out->content_range = Header(handle, "Content-Range");
  curl_off_t length = 0;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  out->content_length = length > 0 ? static_cast<std::uint64_t>(length) : 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
  out->retry_after = std::chrono::seconds(retry_after);
}

std::size_t OnBody(const char* bytes, std::size_t /*one*/, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (!transfer.head_is_read) {
    ReadHead(transfer.handle, transfer.response);
    transfer.head_is_read = true;
  }
  const long status = transfer.response->status;
  if (status != 200 && status != 206) return size;
  Status taken = (*transfer.sink)(*transfer.response, {bytes, size});
  if (taken.has_value()) return size;
  transfer.sink_error = std::move(taken).error();
  return CURL_WRITEFUNC_ERROR;
}

/// Failures that asking again cannot cure: bad addresses, refused certificates, our own refusals.
bool IsRetriable(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_WRITE_ERROR:
    case CURLE_OUT_OF_MEMORY:
      return false;
    default:
      return true;
  }
}

void SetOptions(CURL* handle, const GetRequest& request, curl_slist* headers, char* error_text) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "valence");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_text);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
  // libcurl itself ignores OpenSSL's variable; a static binary on a foreign distribution needs it to find the CAs.
  if (const char* bundle = std::getenv("SSL_CERT_FILE"); bundle != nullptr && *bundle != '\0') {
    curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
  }
}

HeaderList RangeHeaders(const GetRequest& request) {
  HeaderList headers(nullptr, &curl_slist_free_all);
  if (request.offset == 0) return headers;
  headers.reset(curl_slist_append(nullptr, fmt::format("Range: bytes={}-", request.offset).c_str()));
  curl_slist_append(headers.get(), fmt::format("If-Range: {}", request.validator).c_str());
  return headers;
}

}  // namespace

Status Get(const GetRequest& request, const BodySink& sink, GetResponse* response, bool* retriable) {
  *retriable = false;
  Handle handle(InitializeCurl() ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (handle == nullptr) return Unavailable("libcurl cannot be initialised");
  const HeaderList headers = RangeHeaders(request);
  char error_text[CURL_ERROR_SIZE] = "";
  SetOptions(handle.get(), request, headers.get(), error_text);
  Transfer transfer{handle.get(), &sink, response, false, std::nullopt};
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &transfer);

  const CURLcode code = curl_easy_perform(handle.get());
  if (transfer.sink_error.has_value()) return *std::move(transfer.sink_error);
  if (code != CURLE_OK) {
    *retriable = IsRetriable(code);
    return Unavailable(*error_text != '\0' ? error_text : curl_easy_strerror(code));
  }
  ReadHead(handle.get(), response);  // again: libcurl knows a redirect's target only at the end
  return Ok();
}

std::string SchemeOf(std::string_view url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return "";
  std::string scheme(url.substr(0, end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return scheme;
}

std::string PublicUrl(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  const std::size_t host = scheme_end + 3;
  const std::string_view authority = url.substr(host, url.find('/', host) - host);
  const std::size_t at = authority.rfind('@');
  const std::size_t skipped = at == std::string_view::npos ? 0 : at + 1;
  return fmt::format("{}{}", url.substr(0, host), url.substr(host + skipped));
}

Status CheckRedirect(std::string_view from, std::string_view to) {
  const std::string scheme = SchemeOf(to);
  if (scheme != "http" && scheme != "https") {
    return Unavailable(fmt::format("{} redirects to '{}', which is not http or https", PublicUrl(from), PublicUrl(to)));
  }
  if (SchemeOf(from) == "https" && scheme == "http") {
    return Unavailable(
        fmt::format("{} redirects to {}: refused, https must not become http", PublicUrl(from), PublicUrl(to)));
  }
  return Ok();
}

}  // namespace valence::net::internal
