// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "record_reader.h"
#include "row_collector.h"
#include "valence/base/result.h"

namespace valence::data::internal {

/// A review file of the Large Movie Review Dataset's layout: `.../train/pos/0_9.txt`.
struct AclImdbName {
  std::string id;  ///< "train/pos/0_9"
  Part part = Part::kUnspecified;
  std::string label;  ///< "pos" or "neg"
};

/// What a path says of its file; nullopt if it is not `.../{train,test}/{pos,neg}/*.txt`.
std::optional<AclImdbName> ParseAclImdbName(std::string_view path);

/// kTrain and kTest for train.* and test.*, in any folder; else kUnspecified.
Part PartOfName(std::string_view path);

/// Reads all rows of a file, a folder (recursively) or an archive into `rows`. `wants(member)` chooses among the tables
/// of a folder or archive; by default all that carry a known suffix. Members come in the order of their names.
/// Errors: kNotFound, kUnavailable; kDataCorrupt with file, member and row.
Status ReadSource(const std::filesystem::path& path, const RecordOptions& options, RowCollector* rows,
                  const std::function<bool(std::string_view member)>& wants = nullptr);

}  // namespace valence::data::internal
