// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include "stage_files.h"
#include "valence/data/csv.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {

Result<Ingested> Ingest(const Params& params, const Layout& layout, Progress& progress) {
  RemoveStaleFiles({layout.raw, layout.reports});
  VALENCE_TRY(data::IngestOutput output, data::Ingest(params.ingest, progress));
  Ingested ingested;
  ingested.split = std::move(output.split);
  ingested.report = std::move(output.report);

  progress.Start("writing", 0, "");
  VALENCE_RETURN_IF_ERROR(WriteSplit(layout.raw, ingested.split));
  VALENCE_RETURN_IF_ERROR(data::WriteRejected(layout.raw / "rejected.csv", output.rejected));
  VALENCE_RETURN_IF_ERROR(WriteFile(layout.reports / "data.json", ingested.report.ToJson().Dump(2) + "\n"));
  VALENCE_TRY(ingested.train_sha256, FileSha256(layout.raw / "train.csv"));
  VALENCE_TRY(ingested.test_sha256, FileSha256(layout.raw / "test.csv"));
  progress.Done();
  return ingested;
}

}  // namespace valence::pipeline
