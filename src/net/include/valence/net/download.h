// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "valence/base/progress.h"
#include "valence/base/result.h"

namespace valence::net {

struct DownloadOptions {
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds stall_timeout{30};  ///< give up an attempt after this long below 1 KB/s
  int attempts = 5;  ///< with exponential backoff and jitter, resuming by Range where the server can
  std::chrono::milliseconds first_pause{500};  ///< before the second attempt; doubled each time, at most 8 s
  std::uint64_t max_bytes = std::uint64_t{8} << 30;
  std::string sha256;  ///< expected digest, lower-case hex; "" accepts any
};

/// Downloads http(s) `url` to `path`, atomically: bytes gather in `<path>.part`, which a later call resumes (If-Range
/// with the stored validator), and are renamed when complete and, if given, the digest agrees. Follows up to 5
/// redirects, never from https to http. Errors: kUnavailable (what failed, after how many attempts, what to do),
/// kDataCorrupt (digest), kInvalidArgument (not http/https), kResourceExhausted (over max_bytes, disk full), kConflict
/// (another process is downloading to the same path). Certificates are verified (SSL_CERT_FILE names another bundle);
/// proxies come from the usual environment variables. Messages never show an URL's user, password or query.
Status Download(const std::string& url, const std::filesystem::path& path, const DownloadOptions& options,
                Progress& progress);

}  // namespace valence::net
