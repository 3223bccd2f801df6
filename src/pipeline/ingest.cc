// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

#include "stage_files.h"
#include "valence/data/csv.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {

Result<std::unique_ptr<Ingested>> Ingest(const Params& params, const Layout& layout, Progress& progress) {
  RemoveStaleFiles({layout.raw, layout.reports});
  VALENCE_TRY(data::IngestOutput output, data::Ingest(params.ingest, progress));
  auto ingested = std::make_unique<Ingested>();
  ingested->split = std::move(output.split);
  ingested->report = std::move(output.report);
  WriteSplit(layout.raw, ingested->split, &ingested->writes);
  VALENCE_RETURN_IF_ERROR(data::WriteRejected(layout.raw / "rejected.csv", output.rejected));
  VALENCE_RETURN_IF_ERROR(WriteFile(layout.reports / "data.json", ingested->report.ToJson().Dump(2) + "\n"));
  return ingested;
}

}  // namespace valence::pipeline
