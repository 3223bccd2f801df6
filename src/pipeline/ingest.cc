// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include "stage_files.h"
#include "valence/base/version.h"
#include "valence/data/csv.h"
#include "valence/evaluation/data_report.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {
namespace {

/// Writes documents behind our back and leaves the file's digest in *sha256.
void StartWriting(const std::filesystem::path& path, const data::Dataset& documents, std::string* sha256,
                  PendingWrites* writes) {
  writes->Add([path, &documents, sha256]() -> Status {
    VALENCE_RETURN_IF_ERROR(data::WriteDocuments(path, documents));
    VALENCE_TRY(*sha256, FileSha256(path));
    return Ok();
  });
}

Status WriteReports(const data::IngestReport& report, const std::filesystem::path& folder) {
  const Json json = report.ToJson();
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "data.json", json.Dump(2) + "\n"));
  return WriteFile(folder / "data.html", evaluation::RenderDataReport(json, kVersion));
}

}  // namespace

Result<std::unique_ptr<Ingested>> Ingest(const Params& params, const Layout& layout, Progress& progress,
                                         data::BaselineUse use) {
  RemoveStaleFiles({layout.raw, layout.reports});
  VALENCE_TRY(data::IngestOutput output, data::Ingest(params.ingest, progress, use));
  auto ingested = std::make_unique<Ingested>();
  ingested->split = std::move(output.split);
  ingested->report = std::move(output.report);
  VALENCE_RETURN_IF_ERROR(WriteReports(ingested->report, layout.reports));
  if (!ingested->report.accepted()) return ingested;  // the data of the last accepted ingest stay
  StartWriting(layout.raw / "train.csv", ingested->split.train, &ingested->train_sha256, &ingested->writes);
  StartWriting(layout.raw / "test.csv", ingested->split.test, &ingested->test_sha256, &ingested->writes);
  ingested->writes.Add([path = layout.raw / "rejected.csv", rejected = std::move(output.rejected)] {
    return data::WriteRejected(path, rejected);
  });
  if (output.baseline.has_value()) {
    ingested->writes.Add([baseline = *std::move(output.baseline)] { return WriteFile(baseline.path, baseline.text); });
  }
  return ingested;
}

}  // namespace valence::pipeline
