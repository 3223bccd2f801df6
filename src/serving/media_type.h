// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace valence::serving {

enum class MediaType { kJson, kJsonLines, kCsv, kUrlEncoded, kMultipart, kOther };

/// What a Content-Type header announces. A charset other than UTF-8 (or ASCII, a part of it) makes it kOther.
MediaType ParseMediaType(std::string_view content_type);
/// Whether a Content-Type header has no parameter other than charset.
bool HasOnlyCharset(std::string_view content_type);

}  // namespace valence::serving
