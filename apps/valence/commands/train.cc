// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "progress_bar.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

Outcome RunTrain(const Context& context) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  ProgressBar progress("train", context.quiet);
  VALENCE_TRY(const pipeline::Trained trained, pipeline::Train(params, {}, nullptr, nullptr, progress));
  progress.Summarise(
      fmt::format("relative duality gap {:.1e}, {}", trained.certificate.relative_gap, trained.version()));
  if (context.json) {
    const Json json = Json::MakeObject({{"model", pipeline::Layout().model.string()},
                                        {"version", trained.version()},
                                        {"digest", trained.digest},
                                        {"certificate", classifier::ToJson(trained.certificate)}});
    VALENCE_RETURN_IF_ERROR(Print(json.Dump(2) + '\n'));
  }
  return kSuccess;
}

}  // namespace

void AddTrain(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("train", "Fit the model: data/processed -> models/model.safetensors");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->callback([&context] { context.action = [&context] { return RunTrain(context); }; });
}

}  // namespace valence::app
