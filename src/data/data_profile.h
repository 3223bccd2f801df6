// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "text_statistics.h"
#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/data/document.h"

namespace valence::data::internal {

/// What drift is measured from: a version of the data in a few figures. Its file is data_profile.json
/// (docs/data-contract.md).
struct DataProfile {
  std::string source;
  std::string source_sha256;
  std::uint64_t documents = 0;
  std::map<std::string, std::uint64_t> labels;
  double median_bytes = 0;
  /// Text lengths in bytes are counted in the bins (-inf, e0], (e0, e1], ..., (ek, inf). The edges, strictly ascending,
  /// are the tenths of the profile's own lengths; equal ones are one.
  std::vector<double> length_edges;
  std::vector<std::uint64_t> length_counts;  ///< one more than the edges
  std::vector<WordId> vocabulary;            ///< ascending

  /// Pretty-printed, with a final newline. Same profile, same bytes.
  std::string ToText() const;
};

/// Counts the lengths in the bins of `edges`.
std::vector<std::uint64_t> CountLengths(const Dataset& documents, const std::vector<double>& edges);

/// Requires at least one document.
DataProfile MakeProfile(const Dataset& documents);

/// Errors: kDataCorrupt with `where` and what is wrong; the file is not trusted.
Result<DataProfile> ParseProfile(std::string_view text, std::string_view where);
/// Errors: kNotFound saying how to make one; as ParseProfile's.
Result<DataProfile> LoadProfile(const std::filesystem::path& path);

}  // namespace valence::data::internal
