// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace valence::data {

/// Name and content of each member, in order.
using ArchiveMembers = std::vector<std::pair<std::string, std::string>>;

/// Writes an archive whose kind its name tells: .tar, .tar.gz, .tar.xz, .tar.zst, .zip; .gz alone holds the first
/// member's bytes. Ends the test process if it cannot.
void BuildArchive(const std::filesystem::path& path, const ArchiveMembers& members);

}  // namespace valence::data
