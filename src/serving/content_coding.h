// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http_error.h"

namespace valence::serving {

/// How a body is packed (RFC 9110 8.4).
enum class ContentCoding { kIdentity, kGzip, kDeflate };

/// Unpacks a body that came with `Content-Encoding: coding` into `*out`, or says why not: 415 for a coding that is not
/// known, 400 for bytes that are not what they claim, 413 if more than `max_bytes` would come out (nothing beyond that
/// is held, whatever the ratio).
std::optional<HttpError> Unpack(std::string_view coding, std::string_view body, std::size_t max_bytes,
                                std::string* out);

/// The coding to answer in, given the request's Accept-Encoding: gzip before deflate, and none that is refused (q=0).
ContentCoding ChooseCoding(std::string_view accept_encoding);
/// Packs `*body` in place, and returns the header line that says so ("" for kIdentity).
std::string_view Pack(ContentCoding coding, std::string* body);

}  // namespace valence::serving
