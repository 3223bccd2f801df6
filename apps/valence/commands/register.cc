// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "model_flag.h"
#include "progress_bar.h"
#include "promotion_view.h"
#include "registering.h"
#include "summary.h"
#include "terminal.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model;
  TrackingFlags tracking;
  bool force = false;
};

/// Reports and gate for exactly this model, so that what is registered is what was judged.
Result<pipeline::Evaluated> EvaluateAgain(const Context& context, const pipeline::Params& params,
                                          const pipeline::Layout& layout, const pipeline::Trained& trained) {
  ProgressBar progress("evaluate", context.quiet);
  VALENCE_TRY(pipeline::Evaluated evaluated, pipeline::Evaluate(params, layout, nullptr, &trained, progress));
  progress.Summarise(fmt::format("accuracy {:.4f}", evaluated.metrics.accuracy));
  return evaluated;
}

Outcome RunRegister(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  pipeline::Layout layout;
  layout.model = flags.model;
  VALENCE_TRY(const pipeline::Trained trained, pipeline::LoadTrained(layout.model));
  VALENCE_TRY(const pipeline::Evaluated evaluated, EvaluateAgain(context, params, layout, trained));
  if (!evaluated.gate.passed && !flags.force) {
    PrintStderr(GateFailures(evaluated.gate) + "not registered; --force registers it all the same\n");
    return kGateRefused;
  }
  VALENCE_TRY(const tracking::ModelVersion version,
              RegisterModel(params, layout, trained, flags.tracking, std::nullopt));
  return PrintVersion(context, version);
}

}  // namespace

void AddRegister(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "register", "Make a version of the model in the registry, as challenger; exit 1 if the gate refuses it");
  const auto flags = std::make_shared<Flags>();
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  AddModelFlag(*command, flags->model);
  AddTrackingFlags(*command, flags->tracking, /*makes_runs=*/false);
  command->add_flag("--force", flags->force, "Register it even if the gate refuses");
  command->callback([&context, flags] { context.action = [&context, flags] { return RunRegister(context, *flags); }; });
}

}  // namespace valence::app
