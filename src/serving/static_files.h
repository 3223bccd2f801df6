// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace valence::serving {

/// A file that the browser fetches for a page. Made and packed at build time (web/page/build.mjs).
struct StaticFile {
  std::string_view path;
  std::string_view packed;  ///< gzip
  std::string_view content_type;
};

std::span<const StaticFile> StaticFiles();
/// The file that is served at `path`, or nullptr.
const StaticFile* FindStaticFile(std::string_view path);
/// The address of the file at `path`, with a digest of its content, so that browsers may keep it for ever. Requires
/// that there is one.
std::string StaticAddress(std::string_view path);

}  // namespace valence::serving
