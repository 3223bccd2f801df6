// SPDX-License-Identifier: Apache-2.0
#include "near_duplicate_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace valence::data::internal {
namespace {

constexpr std::size_t kMostExamples = 10;

/// Rows that are kept, by the index that their documents will have.
std::vector<std::size_t> KeptIndices(const Collected& collected) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < collected.rows.size(); ++i) {
    if (collected.rows[i].kept()) kept.push_back(i);
  }
  return kept;
}

bool Leaks(const KeptRows& kept, const NearDuplicate& pair) {
  return kept.is_test[pair.first] != kept.is_test[pair.second];
}

double Share(std::uint64_t part, std::size_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

NearDuplicateReport::Member MemberOf(const KeptRows& kept, std::size_t i) {
  return {kept.Example(i, kept.documents[i].id), std::string(kept.side(i)), kept.documents[i].label};
}

std::vector<NearDuplicateReport::Pair> Examples(const KeptRows& kept, std::vector<NearDuplicate> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(), [&kept](const NearDuplicate& a, const NearDuplicate& b) {
    if (Leaks(kept, a) != Leaks(kept, b)) return Leaks(kept, a);
    return a.similarity > b.similarity;
  });
  pairs.resize(std::min(pairs.size(), kMostExamples));
  std::vector<NearDuplicateReport::Pair> examples;
  for (const NearDuplicate& pair : pairs) {
    examples.push_back({pair.similarity, MemberOf(kept, pair.first), MemberOf(kept, pair.second)});
  }
  return examples;
}

}  // namespace

std::vector<NearDuplicate> FindNearDuplicateRows(const Collected& collected, double similarity) {
  std::vector<std::string_view> texts;
  for (const std::size_t i : KeptIndices(collected)) texts.emplace_back(collected.rows[i].document.text);
  return FindNearDuplicates(texts, similarity);
}

void RejectNearDuplicates(const std::vector<NearDuplicate>& pairs, Collected* collected) {
  const std::vector<std::size_t> kept = KeptIndices(*collected);
  std::vector<std::vector<std::pair<std::uint32_t, double>>> partners(kept.size());
  for (const NearDuplicate& pair : pairs) {
    partners[pair.first].emplace_back(pair.second, pair.similarity);
    partners[pair.second].emplace_back(pair.first, pair.similarity);
  }
  std::vector<std::size_t> order(kept.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto is_test = [&](std::size_t i) { return collected->rows[kept[i]].part == Part::kTest; };
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return !is_test(i); });
  std::vector<bool> stays(kept.size(), false);
  for (const std::size_t i : order) {
    const auto staying =
        std::find_if(partners[i].begin(), partners[i].end(), [&](const auto& p) { return stays[p.first]; });
    stays[i] = staying == partners[i].end();
    if (stays[i]) continue;
    const Row& other = collected->rows[kept[staying->first]];
    RejectRow(kNearDuplicate,
              fmt::format("{:.1f}% like {}", 100 * staying->second,
                          ToText(RowExample{collected->sources[other.source], other.number, other.document.id, ""})),
              &collected->rows[kept[i]]);
  }
}

NearDuplicateReport ReportNearDuplicates(const KeptRows& kept, const std::vector<NearDuplicate>& pairs,
                                         double similarity) {
  NearDuplicateReport report;
  report.similarity = similarity;
  report.pairs = pairs.size();
  std::vector<bool> is_member(kept.size(), false), is_leaking(kept.size(), false);
  for (const NearDuplicate& pair : pairs) {
    is_member[pair.first] = is_member[pair.second] = true;
    if (Leaks(kept, pair)) {
      ++report.leaking_pairs;
      is_leaking[kept.is_test[pair.first] ? pair.first : pair.second] = true;
    } else {
      ++(kept.is_test[pair.first] ? report.test_pairs : report.train_pairs);
    }
  }
  const auto count = [](const std::vector<bool>& flags) {
    return static_cast<std::uint64_t>(std::count(flags.begin(), flags.end(), true));
  };
  report.documents = count(is_member);
  report.share = Share(report.documents, kept.size());
  report.leaking_documents = count(is_leaking);
  report.leakage_share = Share(report.leaking_documents, count(kept.is_test));
  report.examples = Examples(kept, pairs);
  return report;
}

}  // namespace valence::data::internal
