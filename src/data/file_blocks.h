// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::data::internal {

/// Gives `sink` the file's bytes in order, in blocks of at most 1 MiB that are valid during the call; an error of the
/// sink ends the reading and is returned. Errors: kNotFound, kUnavailable, with the path.
Status ForEachBlock(const std::filesystem::path& path, const std::function<Status(std::string_view block)>& sink);

/// The file's first bytes, at most `size`. Errors as above.
Result<std::string> ReadHead(const std::filesystem::path& path, std::size_t size);

/// Lower-case hexadecimal SHA-256 of a file. Errors as above.
Result<std::string> FileSha256(const std::filesystem::path& path);

}  // namespace valence::data::internal
