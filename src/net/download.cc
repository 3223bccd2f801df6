// SPDX-License-Identifier: Apache-2.0
#include "valence/net/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "download_part.h"
#include "http_retry.h"
#include "http_transfer.h"
#include "http_url.h"
#include "valence/base/digest.h"
#include "valence/base/numbers.h"

namespace valence::net {
namespace {

using internal::PartFile;
using internal::PublicUrl;
using internal::TransferFailure;
using internal::TransferHead;
using internal::TransferRequest;

constexpr int kMaxRedirects = 5;
constexpr std::chrono::milliseconds kLongestPause{8000};

/// How an attempt ended: whole, or with an error that another attempt may or may not cure.
struct Attempt {
  Status status = Ok();
  bool retriable = false;
  std::chrono::milliseconds wanted_pause{0};  ///< the server's Retry-After
};

HttpClientOptions ClientOptions(const DownloadOptions& options) {
  HttpClientOptions client;
  client.connect_timeout = options.connect_timeout;
  client.stall_timeout = options.stall_timeout;
  return client;
}

bool IsBody(const TransferHead& head) { return head.status == 200 || head.status == 206; }

Attempt Fatal(Error error) { return {std::move(error), false, {}}; }

/// What If-Range may carry: a strong ETag, else the date.
std::string_view ValidatorOf(const TransferHead& head) {
  const std::string_view etag = head.Header("ETag");
  const bool strong = !etag.empty() && etag.substr(0, 2) != "W/";
  return strong ? etag : head.Header("Last-Modified");
}

bool StartsAt(std::string_view content_range, std::uint64_t offset) {
  return content_range.compare(0, 6, "bytes ") == 0 &&
         content_range.compare(6, content_range.find('-') - 6, std::to_string(offset)) == 0;
}

/// Puts one answer's body into the part file, and tells progress.
class BodyWriter {
 public:
  BodyWriter(PartFile* part, const DownloadOptions& options, std::string_view activity, Progress* progress)
      : part_(part), options_(options), activity_(activity), progress_(progress) {}

  Status Take(const TransferHead& head, std::string_view bytes) {
    if (!begun_) VALENCE_RETURN_IF_ERROR(Begin(head));
    if (part_->size() + bytes.size() > options_.max_bytes) return TooLarge();
    VALENCE_RETURN_IF_ERROR(part_->Append(bytes));
    progress_->Advance(bytes.size());
    return Ok();
  }

  /// For an answer without a body, too: an empty file is a file.
  Status Begin(const TransferHead& head) {
    begun_ = true;
    if (head.status == 200) VALENCE_RETURN_IF_ERROR(part_->Restart(ValidatorOf(head)));
    if (head.status == 206 && !StartsAt(head.Header("Content-Range"), part_->size())) {
      return Unavailable(
          fmt::format("the server answered a range other than asked: '{}'", head.Header("Content-Range")));
    }
    const std::uint64_t total = head.content_length == 0 ? 0 : part_->size() + head.content_length;
    if (total > options_.max_bytes) return TooLarge();
    progress_->Start(activity_, total, "bytes");
    progress_->Advance(part_->size());
    return Ok();
  }
  bool begun() const { return begun_; }

 private:
  Error TooLarge() const {
    return ResourceExhausted(
        fmt::format("more than the allowed {}", HumanBytes(static_cast<double>(options_.max_bytes))));
  }

  PartFile* part_;
  const DownloadOptions& options_;
  std::string_view activity_;
  Progress* progress_;
  bool begun_ = false;
};

/// Judges an answer that is neither a redirect nor a success. A 416 means the part is as long as the file, or longer.
Attempt OnRefusal(const TransferHead& response, PartFile* part) {
  if (response.status == 416) {
    if (response.Header("Content-Range") == fmt::format("bytes */{}", part->size())) return {};
    if (auto cut = part->Restart(""); !cut.has_value()) return Fatal(std::move(cut).error());
    return {Unavailable("the server refused to resume (HTTP 416)"), true, {}};
  }
  const bool passing = internal::IsPassingStatus(response.status);
  return {Unavailable(fmt::format("the server answered HTTP {}", response.status)), passing, response.retry_after};
}

TransferRequest MakeRequest(const std::string& url, const PartFile& part) {
  TransferRequest request;
  request.url = url;
  if (part.size() > 0 && !part.validator().empty()) {
    request.headers.push_back({"Range", fmt::format("bytes={}-", part.size())});
    request.headers.push_back({"If-Range", part.validator()});
  }
  return request;
}

/// Follows redirects from `url` to one answer and stores its body.
Attempt TryOnce(const std::string& url, const DownloadOptions& options, PartFile* part, Progress* progress) {
  const std::string activity = fmt::format("download {}", PublicUrl(url).substr(PublicUrl(url).rfind('/') + 1));
  internal::Transfer transfer(ClientOptions(options));
  TransferRequest request = MakeRequest(url, *part);
  for (int hop = 0; hop <= kMaxRedirects; ++hop) {
    BodyWriter writer(part, options, activity, progress);
    TransferHead head;
    TransferFailure failure{};
    const auto take = [&](const TransferHead& now, std::string_view bytes) {
      return IsBody(now) ? writer.Take(now, bytes) : Ok();
    };
    Status got = transfer.Perform(request, take, &head, &failure);
    if (!got.has_value()) return {std::move(got), failure != TransferFailure::kFinal, {}};
    if (IsBody(head)) {
      Status begun = writer.begun() ? Ok() : writer.Begin(head);
      return {std::move(begun), false, {}};
    }
    if (head.redirect.empty()) return OnRefusal(head, part);
    Status allowed = internal::CheckRedirect(request.url, head.redirect);
    if (!allowed.has_value()) return {std::move(allowed), false, {}};
    request.url = head.redirect;
  }
  return Fatal(Unavailable(fmt::format("more than {} redirects", kMaxRedirects)));
}

/// Asks until the part file is whole.
Status FillPart(const std::string& url, const DownloadOptions& options, PartFile* part, Progress* progress) {
  RetryPolicy retry;
  retry.first_pause = options.first_pause;
  retry.longest_pause = kLongestPause;
  std::string failure;
  std::chrono::milliseconds wanted_pause{0};
  for (int attempt = 1; attempt <= options.attempts; ++attempt) {
    if (attempt > 1) std::this_thread::sleep_for(internal::PauseBefore(attempt, retry, wanted_pause));
    Attempt result = TryOnce(url, options, part, progress);
    progress->Done();
    if (result.status.has_value()) return Ok();
    if (!result.retriable) return std::move(result.status).error().With(PublicUrl(url));
    failure = result.status.error().message;
    wanted_pause = result.wanted_pause;
  }
  return Unavailable(
      fmt::format("{}: {} after {} attempts, {} received so far; check the network and the proxy variables, then run "
                  "again to resume",
                  PublicUrl(url), failure, options.attempts, HumanBytes(static_cast<double>(part->size()))));
}

Result<std::string> FileSha256(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return Unavailable(fmt::format("cannot read {}", path.string()));
  Digest digest(Digest::Algorithm::kSha256);
  std::string block(1 << 20, '\0');
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file.get())) {
    digest.Update({block.data(), size});
  }
  if (std::ferror(file.get()) != 0) return Unavailable(fmt::format("cannot read {}", path.string()));
  return ToHex(digest.Finish());
}

/// Downloads and checks once. `*was_resumed` tells that bytes of an earlier call took part.
Status FillAndCheck(const std::string& url, const DownloadOptions& options, PartFile* part, Progress* progress,
                    bool* was_resumed) {
  *was_resumed = part->size() > 0;
  VALENCE_RETURN_IF_ERROR(FillPart(url, options, part, progress));
  if (options.sha256.empty()) return Ok();
  VALENCE_TRY(const std::string digest, FileSha256(part->part_path()));
  if (digest == options.sha256) return Ok();
  return DataCorrupt(
      fmt::format("{}: expected sha256 {}, got {} ({} bytes): the file at that address has changed, or "
                  "something on the way altered it",
                  PublicUrl(url), options.sha256, digest, part->size()));
}

}  // namespace

Status Download(const std::string& url, const std::filesystem::path& path, const DownloadOptions& options,
                Progress& progress) {
  const std::string scheme = internal::SchemeOf(url);
  if (scheme != "http" && scheme != "https") {
    return InvalidArgument(fmt::format("'{}' is not an http:// or https:// URL", PublicUrl(url)));
  }
  VALENCE_TRY(PartFile part, PartFile::Open(path, url));
  bool was_resumed = false;
  Status filled = FillAndCheck(url, options, &part, &progress, &was_resumed);
  const auto is_corrupt = [&] { return !filled.has_value() && filled.error().code == ErrorCode::kDataCorrupt; };
  if (is_corrupt() && was_resumed) {
    // Old and new bytes may not belong together; only a whole fresh copy can tell.
    VALENCE_RETURN_IF_ERROR(part.Restart(""));
    filled = FillAndCheck(url, options, &part, &progress, &was_resumed);
  }
  if (is_corrupt()) part.Remove();
  VALENCE_RETURN_IF_ERROR(std::move(filled));
  return part.Publish();
}

}  // namespace valence::net
