// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace valence::data {

/// One labelled text. `id` is stable: the source's own id column, else `<file>:<row>` or the file's stem (aclImdb).
struct Document {
  std::string id;
  std::string text;
  std::string label;
};

using Dataset = std::vector<Document>;

struct Split {
  Dataset train;
  Dataset test;
};

/// A row that was not kept, and why. `row` counts records from 1 (header excluded); 0 for one-document files.
struct RejectedRow {
  std::string source;  ///< file, or member of an archive
  std::uint64_t row = 0;
  std::string reason;  ///< one of RejectReasons(), machine-readable
  std::string detail;  ///< for a person: what was found
  std::string text;    ///< the text's first 200 bytes, repaired to UTF-8
};

}  // namespace valence::data
