// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "progress_bar.h"
#include "summary.h"
#include "terminal.h"
#include "valence/pipeline/evaluate.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model, data, text_column = "text", label_column = "label";
  bool no_gate = false;
};

struct Judged {
  evaluation::Metrics metrics;
  evaluation::GateResult gate;
  std::vector<std::string> labels;
};

/// The stage: models/model.safetensors on data/raw/test.csv, with all its reports.
Result<Judged> EvaluateStage(const pipeline::Params& params, const Flags& flags, Progress& progress) {
  pipeline::Layout layout;
  if (!flags.model.empty()) layout.model = flags.model;
  VALENCE_TRY(pipeline::Trained trained, pipeline::LoadTrained(layout.model));
  VALENCE_TRY(pipeline::Evaluated done, pipeline::Evaluate(params, layout, nullptr, &trained, progress));
  return Judged{std::move(done.metrics), std::move(done.gate), trained.classifier->labels()};
}

/// Any labelled CSV against any model: figures only, nothing is written.
Result<Judged> EvaluateFile(const pipeline::Params& params, const Flags& flags, Progress& progress) {
  const std::string model = flags.model.empty() ? pipeline::Layout().model.string() : flags.model;
  VALENCE_TRY(const pipeline::Trained trained, pipeline::LoadTrained(model));
  VALENCE_TRY(const data::Dataset documents, pipeline::ReadLabelled(flags.data, flags.text_column, flags.label_column));
  VALENCE_TRY(const evaluation::Scored scored,
              pipeline::ScoreDocuments(*trained.classifier, documents, flags.data, progress));
  VALENCE_TRY(pipeline::Evaluated done, pipeline::Judge(scored, params.evaluate));
  return Judged{std::move(done.metrics), std::move(done.gate), scored.labels};
}

Outcome RunEvaluate(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  Judged judged;
  {
    ProgressBar progress("evaluate", context.quiet);
    VALENCE_TRY(judged,
                flags.data.empty() ? EvaluateStage(params, flags, progress) : EvaluateFile(params, flags, progress));
    progress.Summarise(fmt::format("accuracy {:.4f}", judged.metrics.accuracy));
  }
  if (context.json) {
    Json json = evaluation::ToJson(judged.metrics, judged.labels);
    json.Set("gate", GateJson(judged.gate));
    VALENCE_RETURN_IF_ERROR(Print(json.Dump(2) + '\n'));
  } else {
    VALENCE_RETURN_IF_ERROR(Print(MetricsTable(judged.metrics, judged.gate)));
  }
  PrintStderr(GateFailures(judged.gate));
  return judged.gate.passed || flags.no_gate ? kSuccess : kGateRefused;
}

}  // namespace

void AddEvaluate(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "evaluate",
      "Judge a model on held-out texts: reports/metrics.json, report.html, model_card.md; exit 1 if the gate refuses");
  const auto flags = std::make_shared<Flags>();
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->add_option("--model", flags->model, "Model file (default: models/model.safetensors)")->type_name("FILE");
  command->add_flag("--no-gate", flags->no_gate,
                    "Exit 0 though the gate refuses, as experiments want; 'valence register' still refuses");
  command->add_option("--data", flags->data, "Judge on this labelled CSV instead and write no reports")
      ->type_name("CSV");
  command->add_option("--text-column", flags->text_column, "Its text column")->capture_default_str();
  command->add_option("--label-column", flags->label_column, "Its label column")->capture_default_str();
  command->callback([&context, flags] { context.action = [&context, flags] { return RunEvaluate(context, *flags); }; });
}

}  // namespace valence::app
