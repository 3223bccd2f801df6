// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "aws_xml.h"
#include "s3_session.h"

namespace valence::net::internal {
namespace {

struct Meaning {
  std::string_view code;
  ErrorCode kind;
  std::string_view text;  ///< "" gives what S3 says
};

constexpr Meaning kMeanings[] = {
    {"NoSuchBucket", ErrorCode::kNotFound, "there is no such bucket"},
    {"NoSuchKey", ErrorCode::kNotFound, "there is no such object"},
    {"NoSuchUpload", ErrorCode::kNotFound, "the multipart upload was aborted meanwhile"},
    {"AccessDenied", ErrorCode::kUnavailable, "access denied; the credentials in use need the permission for it"},
    {"AllAccessDisabled", ErrorCode::kUnavailable, "access to the bucket is disabled"},
    {"ExpiredToken", ErrorCode::kUnavailable, "the credentials have expired; sign in again or renew AWS_SESSION_TOKEN"},
    {"TokenRefreshRequired", ErrorCode::kUnavailable, "the credentials have expired; renew AWS_SESSION_TOKEN"},
    {"InvalidToken", ErrorCode::kUnavailable, "the session token is not valid; check AWS_SESSION_TOKEN"},
    {"InvalidAccessKeyId", ErrorCode::kUnavailable, "the access key is not known there; check AWS_ACCESS_KEY_ID"},
    {"SignatureDoesNotMatch", ErrorCode::kUnavailable,
     "the signature was refused; check AWS_SECRET_ACCESS_KEY, and AWS_REGION for a server of your own"},
    {"RequestTimeTooSkewed", ErrorCode::kUnavailable, "the signature's time was refused; set this machine's clock"},
    {"PreconditionFailed", ErrorCode::kConflict, "the object has changed meanwhile, or exists already"},
    {"PermanentRedirect", ErrorCode::kUnavailable, "the bucket is in another region; set AWS_REGION"},
    {"AuthorizationHeaderMalformed", ErrorCode::kUnavailable, "the bucket is in another region; set AWS_REGION"},
    {"BadDigest", ErrorCode::kDataCorrupt, "the bytes changed on their way"},
    {"XAmzContentSHA256Mismatch", ErrorCode::kDataCorrupt,
     "the bytes changed on their way, or the file while it was sent"},
};

/// What a status says when the answer has no code: answers to HEAD have no body.
std::string_view CodeOfStatus(int status) {
  switch (status) {
    case 301:
      return "PermanentRedirect";
    case 403:
      return "AccessDenied";
    case 404:
      return "NoSuchKey";
    case 412:
      return "PreconditionFailed";
    default:
      return "";
  }
}

}  // namespace

Error ErrorOf(const S3Call& call, const HttpReply& reply) {
  const AwsError said = ParseAwsError(reply.body);
  const std::string_view code = said.code.empty() ? CodeOfStatus(reply.status) : std::string_view(said.code);
  const auto meaning =
      std::find_if(std::begin(kMeanings), std::end(kMeanings), [&](const Meaning& m) { return m.code == code; });
  const std::string what =
      code.empty() ? fmt::format("HTTP {}", reply.status) : fmt::format("{}, HTTP {}", code, reply.status);
  if (meaning != std::end(kMeanings)) {
    return {meaning->kind, fmt::format("{}: {} ({})", call.uri.ToString(), meaning->text, what)};
  }
  const std::string_view text = said.message.empty() ? "S3 refused the request" : std::string_view(said.message);
  return Unavailable(fmt::format("{}: {} ({})", call.uri.ToString(), text, what));
}

}  // namespace valence::net::internal
