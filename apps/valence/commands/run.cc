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

struct Outputs {
  std::unique_ptr<pipeline::Ingested> ingested;
  pipeline::Trained trained;
  pipeline::Evaluated evaluated;
  Json seconds = Json::MakeObject();
};

std::string Documents(std::size_t n) { return WithThousands(static_cast<std::int64_t>(n)) + " documents"; }

/// All stages, each handing its result to the next in memory while its files are still being written; what no later
/// stage needs is freed on the way. Data that breach the contract end it after ingest.
Result<Outputs> RunStages(const Context& context, const pipeline::Params& params) {
  const pipeline::Layout layout;
  Outputs out;
  {
    ProgressBar progress("ingest", context.quiet);
    VALENCE_TRY(out.ingested, pipeline::Ingest(params, layout, progress));
    progress.Summarise(Documents(out.ingested->report.kept_rows));
    out.seconds.Set("ingest", progress.seconds());
  }
  if (!out.ingested->report.accepted()) return out;
  std::unique_ptr<pipeline::Featurized> featurized;
  {
    std::unique_ptr<pipeline::Preprocessed> preprocessed;
    {
      ProgressBar progress("preprocess", context.quiet);
      VALENCE_TRY(preprocessed, pipeline::Preprocess(params, layout, out.ingested.get(), progress));
      progress.Summarise(Documents(preprocessed->split.train.size() + preprocessed->split.test.size()));
      out.seconds.Set("preprocess", progress.seconds());
    }
    ProgressBar progress("featurize", context.quiet);
    VALENCE_TRY(featurized, pipeline::Featurize(params, layout, preprocessed.get(), progress));
    progress.Summarise(WithThousands(featurized->train.cols) + " features");
    out.seconds.Set("featurize", progress.seconds());
    VALENCE_RETURN_IF_ERROR(preprocessed->writes.Wait());
  }
  {
    ProgressBar progress("train", context.quiet);
    VALENCE_TRY(out.trained, pipeline::Train(params, layout, out.ingested.get(), featurized.get(), progress));
    progress.Summarise(fmt::format("relative duality gap {:.1e}", out.trained.certificate.relative_gap));
    out.seconds.Set("train", progress.seconds());
    VALENCE_RETURN_IF_ERROR(featurized->writes.Wait());
    featurized.reset();
  }
  ProgressBar progress("evaluate", context.quiet);
  VALENCE_TRY(out.evaluated, pipeline::Evaluate(params, layout, out.ingested.get(), &out.trained, progress));
  progress.Summarise(fmt::format("accuracy {:.4f}", out.evaluated.metrics.accuracy));
  out.seconds.Set("evaluate", progress.seconds());
  return out;
}

std::string RenderText(const Outputs& out) {
  const pipeline::Layout layout;
  return fmt::format("\n{}\n{}\n  {}  {} ({})\n  {}  {}\n  {}  {}\n", IngestTable(out.ingested->report),
                     MetricsTable(out.evaluated.metrics, out.evaluated.gate), Styled("model ", "1"),
                     layout.model.string(), out.trained.version(), Styled("report", "1"),
                     (layout.reports / "report.html").string(), Styled("card  ", "1"),
                     (layout.reports / "model_card.md").string());
}

Json RenderJson(const Outputs& out) {
  const pipeline::Layout layout;
  return Json::MakeObject({{"model", layout.model.string()},
                           {"model_version", out.trained.version()},
                           {"report", (layout.reports / "report.html").string()},
                           {"model_card", (layout.reports / "model_card.md").string()},
                           {"data", out.ingested->report.ToJson()},
                           {"metrics", evaluation::ToJson(out.evaluated.metrics, out.trained.classifier->labels())},
                           {"gate", GateJson(out.evaluated.gate)},
                           {"seconds", out.seconds}});
}

Outcome RunPipeline(const Context& context) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  VALENCE_TRY(const Outputs out, RunStages(context, params));
  const data::IngestReport& data = out.ingested->report;
  if (!data.accepted()) {
    const Json json = Json::MakeObject({{"data", data.ToJson()}});
    VALENCE_RETURN_IF_ERROR(Print(context.json ? json.Dump(2) + '\n' : IngestTable(data)));
    PrintStderr(ContractBreaches(data));
    return kGateRefused;
  }
  VALENCE_RETURN_IF_ERROR(Print(context.json ? RenderJson(out).Dump(2) + '\n' : RenderText(out)));
  PrintStderr(GateFailures(out.evaluated.gate));
  return out.evaluated.gate.passed ? kSuccess : kGateRefused;
}

}  // namespace

void AddRun(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("run", "All stages in one process: texts in, a judged model out");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->callback([&context] { context.action = [&context] { return RunPipeline(context); }; });
}

}  // namespace valence::app
