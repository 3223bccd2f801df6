// SPDX-License-Identifier: Apache-2.0
#include "http_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "valence/base/version.h"

namespace valence::net::internal {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr long kBufferBytes = 256L << 10;
constexpr std::size_t kMaxHeaders = 1000;

/// What the callbacks of one exchange share.
struct Exchange {
  CURL* handle;
  const TransferRequest* request;
  const TransferSink* sink;
  TransferHead* head;
  bool head_is_read = false;
  std::uint64_t sent = 0;  ///< bytes of the request's body
  std::optional<Error> error;
};

bool InitializeCurl() {
  static const bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ok;
}

void ReadHead(CURL* handle, TransferHead* out) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  out->status = static_cast<int>(status);
  char* redirect = nullptr;
  curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirect);
  out->redirect = redirect == nullptr ? "" : redirect;
  out->headers.clear();
  for (curl_header* header = nullptr; out->headers.size() < kMaxHeaders;) {
    header = curl_easy_nextheader(handle, CURLH_HEADER, -1, header);
    if (header == nullptr) break;
    out->headers.push_back({header->name, header->value});
  }
  curl_off_t length = 0;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  out->content_length = length > 0 ? static_cast<std::uint64_t>(length) : 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
  out->retry_after = std::chrono::seconds(retry_after);
}

std::size_t OnBody(const char* bytes, std::size_t /*one*/, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (!exchange.head_is_read) {
    ReadHead(exchange.handle, exchange.head);
    exchange.head_is_read = true;
  }
  Status taken = (*exchange.sink)(*exchange.head, {bytes, size});
  if (taken.has_value()) return size;
  exchange.error = std::move(taken).error();
  return CURL_WRITEFUNC_ERROR;
}

std::size_t ReadUpload(Exchange* exchange, char* out, std::size_t wanted) {
  const TransferRequest& request = *exchange->request;
  for (;;) {
    const ssize_t got =
        ::pread(request.upload_fd, out, wanted, static_cast<off_t>(request.upload_offset + exchange->sent));
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && errno == EINTR) continue;
    // The length is already promised: a short body would only end in a time-out.
    exchange->error = got == 0 ? Unavailable("the file to send became shorter while it was sent")
                               : Unavailable(fmt::format("cannot read the file to send: {}", std::strerror(errno)));
    return CURL_READFUNC_ABORT;
  }
}

std::size_t OnSend(char* out, std::size_t /*one*/, std::size_t room, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const TransferRequest& request = *exchange.request;
  const bool is_file = request.upload_fd >= 0;
  const std::uint64_t size = is_file ? request.upload_bytes : request.body.size();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, size - exchange.sent));
  if (wanted == 0) return 0;
  std::size_t got = wanted;
  if (is_file) {
    got = ReadUpload(&exchange, out, wanted);
    if (got == CURL_READFUNC_ABORT) return got;
  } else {
    std::memcpy(out, request.body.data() + exchange.sent, wanted);
  }
  exchange.sent += got;
  return got;
}

/// libcurl rewinds the body when it sends it again on another connection.
int OnSeek(void* user, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  static_cast<Exchange*>(user)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

TransferFailure Classify(CURL* handle, CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_WRITE_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_OUT_OF_MEMORY:
      return TransferFailure::kFinal;
    default: {
      long request_bytes = 0;
      curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_bytes);
      return request_bytes == 0 ? TransferFailure::kNotSent : TransferFailure::kBroken;
    }
  }
}

void SetTls(CURL* handle, const HttpClientOptions& options) {
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  // libcurl itself ignores OpenSSL's variable; a static binary on a foreign distribution needs it to find the CAs.
  const char* bundle = options.ca_file.empty() ? std::getenv("SSL_CERT_FILE") : options.ca_file.c_str();
  if (bundle != nullptr && *bundle != '\0') curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
  if (!options.client_certificate.empty()) {
    curl_easy_setopt(handle, CURLOPT_SSLCERT, options.client_certificate.c_str());
    curl_easy_setopt(handle, CURLOPT_SSLKEY, options.client_certificate.c_str());
  }
}

void SetSocketOption(curl_socket_t socket, int level, int name, std::int64_t value) {
  const int number = static_cast<int>(value);
  // A kernel that refuses one leaves the connection as good as it is without.
  static_cast<void>(::setsockopt(socket, level, name, &number, sizeof number));
}

/// By hand: libcurl knows the number of probes only since 8.9.
int OnSocket(void* user, curl_socket_t socket, curlsocktype /*purpose*/) {
  const TcpKeepalive& keepalive = *static_cast<const TcpKeepalive*>(user);
  SetSocketOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetSocketOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, keepalive.idle.count());
  SetSocketOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, keepalive.interval.count());
  SetSocketOption(socket, IPPROTO_TCP, TCP_KEEPCNT, keepalive.count);
  return CURL_SOCKOPT_OK;
}

/// `options` must outlive the exchange.
void SetKeepalive(CURL* handle, const HttpClientOptions& options) {
  if (!options.keepalive.enabled) return;
  curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &OnSocket);
  curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, &options.keepalive);
}

void SetOptions(CURL* handle, const HttpClientOptions& options) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);  // "a/../b" is a name to S3, and part of what is signed
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
  const std::string agent = options.user_agent.empty() ? fmt::format("valence/{}", kVersion) : options.user_agent;
  curl_easy_setopt(handle, CURLOPT_USERAGENT, agent.c_str());
  if (!options.use_proxy) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  SetKeepalive(handle, options);
  SetTls(handle, options);
}

void SetMethodAndBody(CURL* handle, Exchange* exchange) {
  const TransferRequest& request = *exchange->request;
  const std::uint64_t size = request.upload_fd >= 0 ? request.upload_bytes : request.body.size();
  const bool takes_body = request.method == "PUT" || request.method == "POST" || request.method == "PATCH";
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  } else if (takes_body || size > 0) {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, &OnSend);
    curl_easy_setopt(handle, CURLOPT_READDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, &OnSeek);
    curl_easy_setopt(handle, CURLOPT_SEEKDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

HeaderList MakeHeaders(const std::vector<HttpHeader>& headers) {
  // No "Expect: 100-continue": servers that do not know it cost a second each time.
  HeaderList list(curl_slist_append(nullptr, "Expect:"), &curl_slist_free_all);
  for (const HttpHeader& header : headers) {
    // To libcurl "Name:" removes a header and "Name;" sends it without a value.
    const std::string line =
        header.value.empty() ? fmt::format("{};", header.name) : fmt::format("{}: {}", header.name, header.value);
    curl_slist_append(list.get(), line.c_str());
  }
  return list;
}

}  // namespace

struct Transfer::Impl {
  HttpClientOptions options;
  Handle handle{nullptr, &curl_easy_cleanup};
};

Transfer::Transfer(const HttpClientOptions& options) : impl_(std::make_unique<Impl>()) { impl_->options = options; }
Transfer::Transfer(Transfer&&) noexcept = default;
Transfer& Transfer::operator=(Transfer&&) noexcept = default;
Transfer::~Transfer() = default;

Status Transfer::Perform(const TransferRequest& request, const TransferSink& sink, TransferHead* head,
                         TransferFailure* failure) {
  *failure = TransferFailure::kFinal;
  if (impl_->handle == nullptr && InitializeCurl()) impl_->handle.reset(curl_easy_init());
  CURL* handle = impl_->handle.get();
  if (handle == nullptr) return Unavailable("libcurl cannot be initialised");
  curl_easy_reset(handle);  // keeps connections and session tickets
  *head = {};
  Exchange exchange{handle, &request, &sink, head, false, 0, std::nullopt};
  const HeaderList headers = MakeHeaders(request.headers);
  char error_text[CURL_ERROR_SIZE] = "";
  SetOptions(handle, impl_->options);
  SetMethodAndBody(handle, &exchange);
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_text);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);

  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);  // it ends with this call
  if (exchange.error.has_value()) return *std::move(exchange.error);
  if (code != CURLE_OK) {
    *failure = Classify(handle, code);
    return Unavailable(*error_text != '\0' ? error_text : curl_easy_strerror(code));
  }
  ReadHead(handle, head);  // again: libcurl knows a redirect's target only at the end
  *failure = TransferFailure::kNone;
  return Ok();
}

std::string_view FindHeader(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (header.name.size() == name.size() && ::strncasecmp(header.name.data(), name.data(), name.size()) == 0) {
      return header.value;
    }
  }
  return "";
}

std::string_view TransferHead::Header(std::string_view name) const { return FindHeader(headers, name); }

}  // namespace valence::net::internal
