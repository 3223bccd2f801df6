// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "s3_session.h"
#include "valence/net/s3_client.h"

namespace valence::net {

struct S3Client::Impl {
  Impl(EnvironmentLookup environment, AwsSettings settings, S3Options o)
      : options(std::move(o)), session(std::move(environment), std::move(settings), options.http) {}
  S3Options options;
  internal::S3Session session;
};

namespace internal {

/// Get and Put of S3Client; contracts there.
Result<S3ObjectInfo> HeadObject(S3Session* session, const S3Uri& uri);
Result<S3ObjectInfo> GetObject(S3Session* session, const S3Options& options, const S3Uri& uri,
                               const std::filesystem::path& path, Progress* progress);
Result<S3ObjectInfo> PutObject(S3Session* session, const S3Options& options, const std::filesystem::path& path,
                               const S3Uri& uri, const S3PutOptions& put, Progress* progress);

}  // namespace internal
}  // namespace valence::net
