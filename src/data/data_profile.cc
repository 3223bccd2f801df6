// SPDX-License-Identifier: Apache-2.0
#include "data_profile.h"

#include <fmt/format.h>

#include <algorithm>

#include "quantiles.h"
#include "valence/base/files.h"

namespace valence::data::internal {

std::vector<std::uint64_t> CountLengths(const Dataset& documents, const std::vector<double>& edges) {
  std::vector<std::uint64_t> counts(edges.size() + 1);
  for (const Document& document : documents) {
    const auto bin = std::lower_bound(edges.begin(), edges.end(), static_cast<double>(document.text.size()));
    ++counts[static_cast<std::size_t>(bin - edges.begin())];
  }
  return counts;
}

DataProfile MakeProfile(const Dataset& documents) {
  DataProfile profile;
  profile.documents = documents.size();
  for (const Document& document : documents) ++profile.labels[document.label];
  const std::vector<double> lengths = SortedLengths(documents);
  profile.median_bytes = Percentile(lengths, 50);
  for (int tenth = 1; tenth <= 9; ++tenth) profile.length_edges.push_back(Percentile(lengths, 10.0 * tenth));
  profile.length_edges.erase(std::unique(profile.length_edges.begin(), profile.length_edges.end()),
                             profile.length_edges.end());
  profile.length_counts = CountLengths(documents, profile.length_edges);
  for (const auto& [word, count] : CountWords(documents)) profile.vocabulary.push_back(word);
  std::sort(profile.vocabulary.begin(), profile.vocabulary.end());
  return profile;
}

Result<DataProfile> LoadProfile(const std::filesystem::path& path) {
  const auto text = ReadFile(path, std::uint64_t{1} << 30);
  if (text.has_value()) return ParseProfile(*text, path.string());
  if (text.error().code != ErrorCode::kNotFound) return text.error();
  return NotFound(
      fmt::format("{} is missing, the profile that drift is measured from; if the present data are the "
                  "ones to compare with, make it with 'valence ingest --write-baseline'",
                  path.string()));
}

}  // namespace valence::data::internal
