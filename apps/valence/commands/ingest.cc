// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "progress_bar.h"
#include "summary.h"
#include "terminal.h"
#include "valence/base/numbers.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

Outcome RunIngest(const Context& context, bool write_baseline) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  const auto use = write_baseline ? data::BaselineUse::kRenew : data::BaselineUse::kCompare;
  data::IngestReport report;
  {
    ProgressBar progress("ingest", context.quiet);
    VALENCE_TRY(const auto ingested, pipeline::Ingest(params, {}, progress, use));
    VALENCE_RETURN_IF_ERROR(ingested->writes.Wait());
    report = ingested->report;
    progress.Summarise(WithThousands(static_cast<std::int64_t>(report.kept_rows)) + " documents");
  }
  VALENCE_RETURN_IF_ERROR(Print(context.json ? report.ToJson().Dump(2) + '\n' : IngestTable(report)));
  PrintStderr(ContractBreaches(report));
  return report.accepted() ? kSuccess : kGateRefused;
}

}  // namespace

void AddIngest(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("ingest", "Fetch, check and split labelled texts: data/raw, reports/data.{json,html}");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  const auto write_baseline = std::make_shared<bool>(false);
  command->add_flag("--write-baseline", *write_baseline,
                    "Make these data what drift is measured from, if they hold the contract");
  command->callback([&context, write_baseline] {
    context.action = [&context, write_baseline] { return RunIngest(context, *write_baseline); };
  });
}

}  // namespace valence::app
