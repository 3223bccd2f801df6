// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "valence/base/file_descriptor.h"
#include "valence/base/result.h"

namespace valence::internal {

/// "<path>: cannot <action>: <the system's words for errno>".
Error SystemError(const std::filesystem::path& path, std::string_view action, int error_number);

/// Opens for reading. Errors: kNotFound, kUnavailable.
Result<FileDescriptor> OpenForReading(const std::filesystem::path& path);

}  // namespace valence::internal
