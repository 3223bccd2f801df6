// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include <utility>

#include "contract_check.h"
#include "ingest_report.h"
#include "kept_rows.h"
#include "near_duplicate_rows.h"
#include "repeats.h"
#include "row_collector.h"
#include "source_fetch.h"
#include "source_files.h"

namespace valence::data {
namespace {

using internal::Collected;
using internal::Row;

/// The sample's own columns and labels, whatever the user's data has.
IngestConfig SampleConfig(IngestConfig config) {
  config.format = "json";
  config.text_column = "text";
  config.label_column = "class";
  config.id_column.clear();
  config.labels = {{"0", "negative"}, {"1", "positive"}};
  config.encoding = "utf-8";
  return config;
}

constexpr std::string_view kSampleFolder = "package/test/fixtures/";

bool IsSampleFixture(std::string_view member) {
  if (member.substr(0, kSampleFolder.size()) != kSampleFolder) return false;
  const std::string_view name = member.substr(kSampleFolder.size());
  return name == "amazon.json" || name == "imdb.json" || name == "yelp.json";
}

/// "package/test/fixtures/amazon.json:1" -> "amazon:1".
void ShortenSampleIds(Collected* collected) {
  for (std::string& source : collected->sources) {
    source = source.substr(kSampleFolder.size(), source.rfind('.') - kSampleFolder.size());
  }
  for (Row& row : collected->rows) {
    row.document.id = collected->sources[row.source] + ":" + std::to_string(row.number);
  }
}

Result<Collected> ReadRows(const IngestConfig& config, const std::filesystem::path& path,
                           const internal::ContractCheck& contract, internal::ColumnAudit* columns,
                           Progress* progress) {
  const bool is_sample = config.source == "sample";
  const IngestConfig used = is_sample ? SampleConfig(config) : config;
  VALENCE_TRY(const internal::Encoding encoding, internal::ParseEncoding(used.encoding));
  internal::RowCollector rows(used, progress);
  rows.columns() = contract.MakeAudit(used);
  progress->Start("read documents", 0, "documents");
  const auto wants = is_sample ? std::function<bool(std::string_view)>(&IsSampleFixture) : nullptr;
  VALENCE_RETURN_IF_ERROR(internal::ReadSource(path, {used, encoding}, &rows, wants));
  rows.columns().EndSource();
  *columns = rows.columns();
  Collected collected = rows.Release();
  progress->Done();
  internal::SortRows(&collected);
  if (is_sample) ShortenSampleIds(&collected);
  return collected;
}

/// Rejects the copies of exact texts, and near-duplicates if that is wanted; the others' pairs are the answer.
std::vector<internal::NearDuplicate> RejectAlike(const IngestConfig& config, bool needs_near_duplicates,
                                                 Collected* collected, Progress* progress) {
  internal::RejectRepeats(collected);
  if (config.near_duplicates == "off" && !needs_near_duplicates) return {};
  progress->Start("near-duplicates", 0, "");
  auto pairs = internal::FindNearDuplicateRows(*collected, config.near_duplicate_similarity);
  progress->Done();
  if (config.near_duplicates != "reject") return pairs;
  internal::RejectNearDuplicates(pairs, collected);
  return {};
}

std::vector<RejectedRow> MoveRejected(Collected* collected) {
  std::vector<RejectedRow> rejected;
  for (Row& row : collected->rows) {
    if (row.kept()) continue;
    rejected.push_back({collected->sources[row.source], row.number, std::string(row.reason), std::move(row.detail),
                        std::move(row.document.text)});
  }
  return rejected;
}

}  // namespace

Result<IngestOutput> Ingest(const IngestConfig& config, Progress& progress, BaselineUse use) {
  VALENCE_TRY(const auto contract, internal::ContractCheck::Load(config, use));
  VALENCE_TRY(const internal::LocalSource source, internal::FetchSource(config, &progress));
  internal::ColumnAudit columns;
  VALENCE_TRY(Collected collected, ReadRows(config, source.path, contract, &columns, &progress));
  const auto pairs = RejectAlike(config, contract.needs_near_duplicates(), &collected, &progress);

  IngestOutput output;
  IngestReport& report = output.report;
  report.source = config.source;
  report.source_sha256 = source.sha256;
  internal::CountRows(collected, &report);
  internal::KeptRows kept = internal::TakeKeptRows(config, &collected);
  internal::DescribeKept(kept, &report);
  if (config.near_duplicates != "off" || contract.needs_near_duplicates()) {
    report.near_duplicates = internal::ReportNearDuplicates(kept, pairs, config.near_duplicate_similarity);
  }
  if (kept.size() > 0) contract.Judge(columns, collected.rows, kept, &report, &output.baseline);
  if (report.accepted()) {  // else the contract's rules say more
    VALENCE_RETURN_IF_ERROR(internal::CheckShares(config, collected, report));
    VALENCE_RETURN_IF_ERROR(internal::CheckLabels(config, report));
  }
  output.rejected = MoveRejected(&collected);
  output.split = internal::MakeSplit(std::move(kept));
  return output;
}

}  // namespace valence::data
