// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "commands.h"
#include "progress_bar.h"
#include "registering.h"
#include "summary.h"
#include "terminal.h"
#include "tracking_session.h"
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
/// stage needs is freed on the way. Data that breach the contract end it after ingest. On an error `outputs` holds what
/// was made before it.
Status RunStages(const Context& context, const pipeline::Params& params, Outputs* outputs) {
  const pipeline::Layout layout;
  Outputs& out = *outputs;
  {
    ProgressBar progress("ingest", context.quiet);
    VALENCE_TRY(out.ingested, pipeline::Ingest(params, layout, progress));
    progress.Summarise(Documents(out.ingested->report.kept_rows));
    out.seconds.Set("ingest", progress.seconds());
  }
  if (!out.ingested->report.accepted()) return Ok();
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
  return Ok();
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

struct Flags {
  TrackingFlags tracking;
  bool registers = false, promotes = false;
};

/// Registration, and promotion, of what this run made.
Outcome RegisterAndPromote(const Context& context, const pipeline::Params& params, const Outputs& out,
                           const std::optional<tracking::Published>& run, const Flags& flags) {
  VALENCE_TRY(const tracking::ModelVersion version,
              RegisterModel(params, pipeline::Layout(), out.trained, flags.tracking, run));
  PrintStderr(
      fmt::format("registered as version {} of {} ({})\n", version.version, version.name, params.registering.alias));
  if (!flags.promotes) return kSuccess;
  return PromoteModel(context, params, flags.tracking, {.version = version.version});
}

Outcome RunPipeline(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  TrackingSession session(params, flags.tracking, "valence run");
  Outputs out;
  if (Status status = RunStages(context, params, &out); !status) {
    session.Fail(status.error(), out.seconds);
    return std::move(status).error();
  }
  if (const data::IngestReport& data = out.ingested->report; !data.accepted()) {
    const Json json = Json::MakeObject({{"data", data.ToJson()}});
    VALENCE_RETURN_IF_ERROR(Print(context.json ? json.Dump(2) + '\n' : IngestTable(data)));
    const std::string breaches = ContractBreaches(data);
    PrintStderr(breaches);
    session.Fail(FailedPrecondition(breaches), out.seconds);
    return kGateRefused;
  }
  VALENCE_RETURN_IF_ERROR(Print(context.json ? RenderJson(out).Dump(2) + '\n' : RenderText(out)));
  VALENCE_TRY(const auto run, session.Finish(pipeline::Layout(), out.trained, out.seconds));
  PrintStderr(GateFailures(out.evaluated.gate));
  if (!out.evaluated.gate.passed) return kGateRefused;
  return flags.registers || flags.promotes ? RegisterAndPromote(context, params, out, run, flags) : Outcome(kSuccess);
}

}  // namespace

void AddRun(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("run", "All stages in one process: texts in, a judged model out");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  const auto flags = std::make_shared<Flags>();
  AddTrackingFlags(*command, flags->tracking, /*makes_runs=*/true);
  command->add_flag("--register", flags->registers, "Then register the model as challenger, if the gate passed it");
  command->add_flag("--promote", flags->promotes, "Then register it, and make it champion if it holds its ground");
  command->callback([&context, flags] { context.action = [&context, flags] { return RunPipeline(context, *flags); }; });
}

}  // namespace valence::app
