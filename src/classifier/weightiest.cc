// SPDX-License-Identifier: Apache-2.0
#include "weightiest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <limits>

namespace valence::classifier {
namespace {

/// Where it is in the text; at the same token the shorter one comes first. No other has the same.
std::uint64_t PlaceOf(const FoundFeature& f) { return std::uint64_t{f.first_token} << 32 | f.tokens; }
bool IsBefore(const FoundFeature& a, const FoundFeature& b) { return PlaceOf(a) < PlaceOf(b); }
/// Adds more in either direction, or as much and earlier in the text.
bool IsWeightier(const FoundFeature& a, const FoundFeature& b) {
  return a.size > b.size || (a.size == b.size && IsBefore(a, b));
}

/// Of sizes, which are not negative, so that their bits ascend as they do: a key that is less for a greater size, and
/// of equal ones for the lesser index, which is in the lowest bits. Sizes that differ only there count as equal.
std::uint64_t KeyOfSize(double size, std::size_t index) {
  return (~std::bit_cast<std::uint64_t>(size) & ~std::uint64_t{kFew - 1}) | index;
}

/// The limit-th of the greatest, or a little less.
double LimitthOf(std::size_t limit, std::vector<double>* values) {
  const std::size_t count = values->size();
  if (count > kFew) {
    const auto limitth = values->begin() + static_cast<std::ptrdiff_t>(limit - 1);
    std::nth_element(values->begin(), limitth, values->end(), std::greater<>());
    return *limitth;
  }
  FewKeys keys{};
  FewRanks ranks;
  for (std::size_t i = 0; i < count; ++i) keys[i] = KeyOfSize((*values)[i], i);
  RankKeys(keys, count, &ranks);
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < count; ++i) found |= ranks[i] == limit - 1 ? keys[i] : 0;
  return std::bit_cast<double>(~found & ~std::uint64_t{kFew - 1});
}

}  // namespace

// The limit-th of the greatest of half as many groups again, or so.
double LowerBoundOfLargest(std::span<const double> sizes, std::size_t limit, std::vector<double>* greatest) {
  if (limit == 0) return std::numeric_limits<double>::infinity();
  if (limit >= sizes.size()) return 0;
  const std::size_t groups = (limit + limit / 2 + 7) / 8 * 8;
  if (sizes.size() < groups) return 0;
  greatest->resize(groups);
  FindMaxima(sizes, groups, greatest->data());
  return LimitthOf(limit, greatest);
}

// Each goes where its rank is, which is counted. As if there were a multiple of 8, so that loops end where they nearly
// always do.
std::size_t KeepWeightiest(std::size_t limit, FewFound* found, FoundFeature* kept) {
  constexpr std::size_t kPadding = FewFound::kPadding;
  for (std::uint32_t k = 0; k < kPadding; ++k) {  // behind all others, and no weightier
    found->all[found->count + k] = {std::numeric_limits<std::uint32_t>::max(), k, 0, 0};
  }
  const std::size_t padded = (found->count + kPadding - 1) / kPadding * kPadding;
  FewKeys keys{};
  FewRanks ranks;
  std::array<std::uint8_t, kFew> order;
  for (std::size_t i = 0; i < padded; ++i) keys[i] = PlaceOf(found->all[i]);
  RankKeys(keys, padded, &ranks);
  for (std::size_t i = 0; i < padded; ++i) order[ranks[i]] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < padded; ++i) keys[i] = KeyOfSize(found->all[order[i]].size, i);
  RankKeys(keys, padded, &ranks);
  std::size_t count = 0;
  for (std::size_t i = 0; i < padded; ++i) {
    kept[count] = found->all[order[i]];
    count += ranks[i] < limit ? 1u : 0u;
  }
  return std::min(limit, found->count);
}

void KeepWeightiest(std::size_t limit, std::vector<FoundFeature>* found) {
  if (found->size() > limit) {
    std::nth_element(found->begin(), found->begin() + static_cast<std::ptrdiff_t>(limit), found->end(), IsWeightier);
    found->resize(limit);
  }
  std::sort(found->begin(), found->end(), IsBefore);
}

}  // namespace valence::classifier
