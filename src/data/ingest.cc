// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include <algorithm>
#include <utility>

#include "ingest_report.h"
#include "repeats.h"
#include "row_collector.h"
#include "source_fetch.h"
#include "source_files.h"
#include "split.h"

namespace valence::data {
namespace {

using internal::Collected;
using internal::Part;
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

Result<Collected> ReadRows(const IngestConfig& config, const std::filesystem::path& path, Progress* progress) {
  const bool is_sample = config.source == "sample";
  const IngestConfig used = is_sample ? SampleConfig(config) : config;
  VALENCE_TRY(const internal::Encoding encoding, internal::ParseEncoding(used.encoding));
  internal::RowCollector rows(used, progress);
  progress->Start("read documents", 0, "documents");
  const auto wants = is_sample ? std::function<bool(std::string_view)>(&IsSampleFixture) : nullptr;
  VALENCE_RETURN_IF_ERROR(internal::ReadSource(path, {used, encoding}, &rows, wants));
  Collected collected = rows.Release();
  progress->Done();
  internal::SortRows(&collected);
  if (is_sample) ShortenSampleIds(&collected);
  return collected;
}

/// Moves the kept rows into train and test, as the source has them or by lot.
Split MakeSplit(const IngestConfig& config, Collected* collected) {
  const bool has_test_part = std::any_of(collected->rows.begin(), collected->rows.end(),
                                         [](const Row& row) { return row.part == Part::kTest; });
  Dataset documents;
  std::vector<bool> is_test;
  for (Row& row : collected->rows) {
    if (!row.kept()) continue;
    documents.push_back(std::move(row.document));
    is_test.push_back(row.part == Part::kTest);
  }
  if (!has_test_part) {
    is_test = internal::ChooseTest(documents, config.test_share, static_cast<std::uint32_t>(config.seed));
  }
  Split split;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    (is_test[i] ? split.test : split.train).push_back(std::move(documents[i]));
  }
  return split;
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

Result<IngestOutput> Ingest(const IngestConfig& config, Progress& progress) {
  VALENCE_TRY(const internal::LocalSource source, internal::FetchSource(config, &progress));
  VALENCE_TRY(Collected collected, ReadRows(config, source.path, &progress));
  internal::RejectRepeats(&collected);

  IngestOutput output;
  output.report.source = config.source;
  output.report.source_sha256 = source.sha256;
  internal::CountRows(collected, &output.report);
  VALENCE_RETURN_IF_ERROR(internal::CheckShares(config, collected, output.report));
  output.rejected = MoveRejected(&collected);
  output.split = MakeSplit(config, &collected);
  internal::DescribeSplit(output.split, &output.report);
  VALENCE_RETURN_IF_ERROR(internal::CheckLabels(config, output.report));
  return output;
}

}  // namespace valence::data
