// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::data::internal {

enum class Encoding { kUtf8, kLatin1, kCp1252 };

/// "utf-8", "latin1" or "cp1252", as ingest.encoding has them. Error: kInvalidArgument.
Result<Encoding> ParseEncoding(std::string_view name);

/// `bytes` as UTF-8, with Python's semantics of the three codecs (errors="strict"): ill-formed UTF-8 and the five bytes
/// that cp1252 leaves undefined are errors. Error: kDataCorrupt naming byte and offset.
Result<std::string> ToUtf8(std::string_view bytes, Encoding encoding);

}  // namespace valence::data::internal
