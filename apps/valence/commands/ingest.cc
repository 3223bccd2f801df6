// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "progress_bar.h"
#include "summary.h"
#include "valence/base/numbers.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

Outcome RunIngest(const Context& context) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  data::IngestReport report;
  {
    ProgressBar progress("ingest", context.quiet);
    VALENCE_TRY(const auto ingested, pipeline::Ingest(params, {}, progress));
    VALENCE_RETURN_IF_ERROR(ingested->writes.Wait());
    report = ingested->report;
    progress.Summarise(WithThousands(static_cast<std::int64_t>(report.kept_rows)) + " documents");
  }
  VALENCE_RETURN_IF_ERROR(Print(context.json ? report.ToJson().Dump(2) + '\n' : IngestTable(report)));
  return kSuccess;
}

}  // namespace

void AddIngest(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("ingest", "Fetch, check and split labelled texts: data/raw, reports/data.json");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->callback([&context] { context.action = [&context] { return RunIngest(context); }; });
}

}  // namespace valence::app
