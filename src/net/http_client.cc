// SPDX-License-Identifier: Apache-2.0
#include "valence/net/http_client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "http_call_check.h"
#include "http_retry.h"
#include "http_transfer.h"
#include "http_url.h"
#include "valence/base/numbers.h"

namespace valence::net {

using internal::PublicUrl;
using internal::TransferFailure;
using internal::TransferHead;
using internal::TransferRequest;

struct HttpClient::Impl {
  explicit Impl(HttpClientOptions o) : options(std::move(o)), transfer(options) {}
  HttpClientOptions options;
  internal::Transfer transfer;
};

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kMaxRedirects = 5;

/// The file of HttpCall::upload, open while the call lasts.
class Upload {
 public:
  Upload() = default;
  ~Upload() {
    if (fd_ >= 0) ::close(fd_);
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  Status Open(const HttpCall& call) {
    if (call.upload.empty()) return Ok();
    fd_ = ::open(call.upload.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      return NotFound(fmt::format("cannot read {}: {}", call.upload.string(), std::strerror(errno)));
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (call.upload_offset > size) {
      return InvalidArgument(
          fmt::format("{} has {} bytes, none at offset {}", call.upload.string(), size, call.upload_offset));
    }
    bytes_ = std::min(call.upload_bytes, size - call.upload_offset);
    return Ok();
  }
  int fd() const { return fd_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
};

/// How an attempt ended.
struct Attempt {
  std::optional<HttpReply> reply;  ///< an answer of any status, or
  Error error{};                   ///< why there is none
  bool again = false;              ///< whether asking again may help, and is allowed
  milliseconds wanted_pause{0};    ///< the server's Retry-After
};

/// One HttpClient::Send.
class Sending {
 public:
  Sending(const HttpCall& call, const HttpBodySink& sink, const HttpPrepare& prepare, const HttpClientOptions& options,
          internal::Transfer* transfer)
      : call_(call), sink_(sink), prepare_(prepare), options_(options), transfer_(transfer) {}

  Result<HttpReply> Run() {
    VALENCE_RETURN_IF_ERROR(internal::CheckCall(call_));
    VALENCE_RETURN_IF_ERROR(upload_.Open(call_));
    for (int number = 1;; ++number) {
      Attempt attempt = TryOnce();
      if (attempt.reply.has_value()) attempt.reply->attempts = number;
      const bool more = attempt.again && number < options_.retry.attempts;
      const milliseconds pause =
          more ? internal::PauseBefore(number + 1, options_.retry, attempt.wanted_pause) : milliseconds(0);
      const bool in_time = Left() > pause;
      if (more && in_time) {
        std::this_thread::sleep_for(pause);
        continue;
      }
      if (attempt.reply.has_value()) return *std::move(attempt.reply);
      if (!attempt.again && in_time) return std::move(attempt.error);
      return GiveUp(attempt.error, number, in_time);
    }
  }

 private:
  milliseconds Left() const {
    return std::chrono::duration_cast<milliseconds>(started_ + options_.retry.deadline - Clock::now());
  }

  std::string Where() const { return fmt::format("{} {}", call_.method, PublicUrl(call_.url)); }

  Error GiveUp(const Error& last, int attempts, bool in_time) const {
    const std::string tries = fmt::format("{} attempt{}", attempts, attempts == 1 ? "" : "s");
    if (in_time) return Unavailable(fmt::format("{}: {} after {}", Where(), last.message, tries));
    return DeadlineExceeded(fmt::format("{}: no answer within {} s ({}, the last: {})", Where(),
                                        static_cast<double>(options_.retry.deadline.count()) / 1000, tries,
                                        last.message));
  }

  /// Asks once, following redirects.
  Attempt TryOnce() {
    HttpCall prepared;
    if (prepare_) {
      prepared = call_;
      Status ready = prepare_(&prepared);
      if (ready.has_value()) ready = internal::CheckCall(prepared);
      if (!ready.has_value()) return Failed(std::move(ready).error());
    }
    const HttpCall& call = prepare_ ? prepared : call_;
    TransferRequest request = MakeRequest(call);
    const bool follows = options_.follow_redirects && (call.method == "GET" || call.method == "HEAD");
    begun_ = false;
    for (int hop = 0; hop <= kMaxRedirects; ++hop) {
      TransferHead head;
      Attempt attempt = Exchange(&request, &head);
      if (!attempt.reply.has_value() || head.redirect.empty() || !follows) return attempt;
      Status allowed = internal::CheckRedirect(request.url, head.redirect);
      if (!allowed.has_value()) return Failed(std::move(allowed).error());
      internal::TurnTo(head.redirect, &request);
    }
    return Failed(Unavailable(fmt::format("{}: more than {} redirects", Where(), kMaxRedirects)));
  }

  TransferRequest MakeRequest(const HttpCall& call) const {
    TransferRequest request;
    request.method = call.method;
    request.url = call.url;
    request.headers = call.headers;
    request.body = call.body;
    request.upload_fd = upload_.fd();
    request.upload_offset = call.upload_offset;
    request.upload_bytes = upload_.bytes();
    request.fresh_connection = !call.repeatable;
    return request;
  }

  Attempt Exchange(TransferRequest* request, TransferHead* head) {
    request->timeout = Left();
    if (request->timeout <= milliseconds(0)) return {std::nullopt, DeadlineExceeded("no time left"), true, {}};
    if (options_.attempt_timeout.count() > 0) request->timeout = std::min(request->timeout, options_.attempt_timeout);
    HttpReply reply;
    bool refused = false;
    TransferFailure failure{};
    Status got = transfer_->Perform(
        *request,
        [&](const TransferHead& now, std::string_view bytes) {
          Status taken = Take(now, bytes, &reply);
          refused = !taken.has_value();
          return taken;
        },
        head, &failure);
    if (got.has_value() && sink_ && head->status / 100 == 2 && !begun_) {  // an empty body
      got = Take(*head, "", &reply);
      refused = !got.has_value();
    }
    if (!got.has_value()) {
      if (refused) return Failed(std::move(got).error());
      if (failure == TransferFailure::kFinal) return Failed(std::move(got).error().With(Where()));
      if (!call_.repeatable && failure == TransferFailure::kBroken) {
        return Failed(Unavailable(fmt::format("{}: {}; not sent again, since the server may have acted on it", Where(),
                                              got.error().message)));
      }
      return {std::nullopt, std::move(got).error(), true, {}};
    }
    reply.status = head->status;
    reply.headers = std::move(head->headers);
    const bool says_later = reply.status == 429 || (reply.status == 503 && head->retry_after.count() > 0);
    const bool again = internal::IsPassingStatus(reply.status) && (call_.repeatable || says_later);
    return {std::move(reply), {}, again, head->retry_after};
  }

  Status Take(const TransferHead& head, std::string_view bytes, HttpReply* reply) {
    if (sink_ && head.status / 100 == 2) return sink_(bytes, !std::exchange(begun_, true));
    if (reply->body.size() + bytes.size() > options_.max_reply_bytes ||
        head.content_length > options_.max_reply_bytes) {
      return ResourceExhausted(fmt::format("{}: the answer is larger than the allowed {}", Where(),
                                           HumanBytes(static_cast<double>(options_.max_reply_bytes))));
    }
    reply->body += bytes;
    return Ok();
  }

  static Attempt Failed(Error error) { return {std::nullopt, std::move(error), false, {}}; }

  const HttpCall& call_;
  const HttpBodySink& sink_;
  const HttpPrepare& prepare_;
  const HttpClientOptions& options_;
  internal::Transfer* transfer_;
  Clock::time_point started_ = Clock::now();
  Upload upload_;
  bool begun_ = false;  ///< the sink has had a piece of this attempt
};

}  // namespace

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::Send(const HttpCall& call, const HttpBodySink& sink, const HttpPrepare& prepare) {
  return Sending(call, sink, prepare, impl_->options, &impl_->transfer).Run();
}

const HttpClientOptions& HttpClient::options() const { return impl_->options; }

std::string_view HttpReply::Header(std::string_view name) const { return internal::FindHeader(headers, name); }

}  // namespace valence::net
