// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "s3_session.h"
#include "valence/net/s3_client.h"

namespace valence::net {

struct S3Client::Impl {
  Impl(Environment environment, AwsSettings settings, S3Options o)
      : options(std::move(o)), session(std::move(environment), std::move(settings), options.http, options.headers) {}
  S3Options options;
  internal::S3Session session;
};

namespace internal {

/// Those of S3Client; contracts there.
Result<S3ObjectInfo> HeadObject(S3Session* session, const S3Uri& uri);
Status GetVersion(S3Session* session, const S3Options& options, const S3Uri& uri, const S3ObjectInfo& info,
                  const std::filesystem::path& path, Progress* progress);
Status GetListedObjects(S3Session* session, const S3Options& options, const std::string& bucket,
                        const std::vector<S3Object>& objects, const std::vector<std::filesystem::path>& paths,
                        Progress* progress);
Result<S3ObjectInfo> PutObject(S3Session* session, const S3Options& options, const std::filesystem::path& path,
                               const S3Uri& uri, const S3PutOptions& put, Progress* progress);

}  // namespace internal
}  // namespace valence::net
