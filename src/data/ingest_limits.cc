// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ingest_report.h"

namespace valence::data::internal {
namespace {

/// A limit of the configuration and the reasons that count against it.
struct ShareLimit {
  std::string_view key;
  std::string_view what;
  double limit;
  std::vector<std::string_view> reasons;
};

std::vector<ShareLimit> LimitsOf(const IngestConfig& config) {
  return {{"ingest.max_rejected_share",
           "could not be used",
           config.max_rejected_share,
           {kUnusable.begin(), kUnusable.end()}},
          {"ingest.max_duplicate_share",
           "repeat another row",
           config.max_duplicate_share,
           {kRepeated.begin(), kRepeated.end()}},
          {"ingest.max_conflict_share",
           "have a text that occurs with two labels",
           config.max_conflict_share,
           {kConflictingLabel}}};
}

/// "empty_text (12 rows), such as reviews.csv row 7: nothing but white space".
std::string Example(const Collected& collected, std::string_view reason, std::uint64_t count) {
  const auto row = std::find_if(collected.rows.begin(), collected.rows.end(),
                                [reason](const Row& candidate) { return candidate.reason == reason; });
  const std::string where = row->number == 0 ? "" : fmt::format(" row {}", row->number);
  return fmt::format("{} ({} rows), such as {}{}: {}", reason, count, collected.sources[row->source], where,
                     row->detail);
}

Status CheckShare(const ShareLimit& limit, const Collected& collected, const IngestReport& report) {
  std::uint64_t sum = 0;
  std::uint64_t most = 0;
  std::string_view most_frequent;
  for (const std::string_view reason : limit.reasons) {
    const auto found = report.rejected_by_reason.find(std::string(reason));
    if (found == report.rejected_by_reason.end()) continue;
    sum += found->second;
    if (found->second > most) most_frequent = reason;
    most = std::max(most, found->second);
  }
  const double share = static_cast<double>(sum) / static_cast<double>(std::max<std::uint64_t>(report.input_rows, 1));
  if (share <= limit.limit) return Ok();
  return DataCorrupt(fmt::format("{}: {} of {} rows ({:.2f}%) {}, more than {} = {} allows; most often {}",
                                 report.source, sum, report.input_rows, share * 100, limit.what, limit.key, limit.limit,
                                 Example(collected, most_frequent, most)));
}

}  // namespace

Status CheckShares(const IngestConfig& config, const Collected& collected, const IngestReport& report) {
  for (const ShareLimit& limit : LimitsOf(config)) VALENCE_RETURN_IF_ERROR(CheckShare(limit, collected, report));
  return Ok();
}

Status CheckLabels(const IngestConfig& config, const IngestReport& report) {
  if (report.train_labels.size() < 2) {
    const std::string found = report.train_labels.empty() ? "none" : "'" + report.train_labels.begin()->first + "'";
    return DataCorrupt(
        fmt::format("{}: a classifier needs two labels or more, found {} in {} training documents ({} rows "
                    "read)",
                    report.source, found, report.train_rows, report.input_rows));
  }
  for (const auto& [label, count] : report.test_labels) {
    if (report.train_labels.count(label) == 0) {
      return DataCorrupt(fmt::format("{}: {} test documents have the label '{}', which no training document has",
                                     report.source, count, label));
    }
  }
  for (const auto& [label, count] : report.train_labels) {
    const auto test = report.test_labels.find(label);
    const std::uint64_t all = count + (test == report.test_labels.end() ? 0 : test->second);
    if (all >= static_cast<std::uint64_t>(config.min_label_documents)) continue;
    return DataCorrupt(fmt::format("{}: {} documents have the label '{}', fewer than ingest.min_label_documents = {}",
                                   report.source, all, label, config.min_label_documents));
  }
  return Ok();
}

}  // namespace valence::data::internal
