// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "valence/net/s3_client.h"

namespace valence::net {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::size_t kMaxKeyBytes = 1024;

/// What S3 and its kin take; old buckets have capitals and underscores.
bool IsBucketName(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return name.size() >= 3 && name.size() <= 255 && is_word(name.front()) && is_word(name.back()) &&
         name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_word(c) || c == '-' || c == '.' || c == '_'; });
}

}  // namespace

std::string S3Uri::ToString() const { return fmt::format("{}{}/{}", kScheme, bucket, key); }

bool IsS3Uri(std::string_view text) { return text.substr(0, kScheme.size()) == kScheme; }

Result<S3Uri> ParseS3Uri(std::string_view text) {
  if (!IsS3Uri(text)) return InvalidArgument(fmt::format("'{}' is not an s3://bucket/key address", text));
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  S3Uri uri{std::string(rest.substr(0, slash)), std::string(slash < rest.size() ? rest.substr(slash + 1) : "")};
  if (!IsBucketName(uri.bucket)) {
    return InvalidArgument(fmt::format("'{}': '{}' is not a bucket's name", text, uri.bucket));
  }
  if (uri.key.size() > kMaxKeyBytes) return InvalidArgument(fmt::format("'{}': a key has at most 1024 bytes", text));
  return uri;
}

}  // namespace valence::net
