// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "candidates_view.h"
#include "commands.h"
#include "progress_bar.h"
#include "terminal.h"
#include "tracking_session.h"
#include "valence/base/files.h"
#include "valence/pipeline/cross_validate.h"

namespace valence::app {
namespace {

struct Flags {
  TrackingFlags tracking;
  std::string output = "params.tuned.yaml";  ///< tune only
};

using Candidates = Result<std::vector<pipeline::Candidate>>;

/// Judges the candidates and keeps the run, `name`d after the command.
Result<pipeline::CrossValidation> Judge(const Context& context, const pipeline::Params& params, const Flags& flags,
                                        const std::string& name, Candidates candidates) {
  if (!candidates) return std::move(candidates).error();
  TrackingSession session(params, flags.tracking, "valence " + name);
  Result<pipeline::CrossValidation> validation = Internal("");
  double seconds = 0;
  {
    ProgressBar progress(name, context.quiet);
    validation = pipeline::CrossValidate(params.cross_validation, *std::move(candidates), pipeline::Layout(), progress);
    seconds = progress.seconds();
    if (validation) progress.Summarise(fmt::format("{} candidates", validation->candidates.size()));
  }
  const Json stage_seconds = Json::MakeObject({{name, seconds}});
  if (!validation) {
    session.Fail(validation.error(), stage_seconds);
    return validation;
  }
  VALENCE_RETURN_IF_ERROR(session.Finish(name, *validation, stage_seconds));
  return validation;
}

std::string Text(const pipeline::CrossValidation& validation) {
  return fmt::format("\n{}\n{}", CandidatesTable(validation), CandidatesVerdict(validation));
}

Outcome Tune(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  VALENCE_TRY(const pipeline::CrossValidation validation,
              Judge(context, params, flags, "tune", pipeline::GridCandidates(params)));
  const pipeline::Candidate& best = validation.candidates[validation.best()];
  const Status written = WriteFile(flags.output, pipeline::ParamsYaml(best.params));
  const std::string advice = fmt::format("  written: {0}; try it: valence run --params {0}\n", flags.output);
  VALENCE_RETURN_IF_ERROR(Print(context.json ? validation.ToJson().Set("output", flags.output).Dump(2) + '\n'
                                             : Text(validation) + (written ? advice : "")));
  VALENCE_RETURN_IF_ERROR(written);
  return kSuccess;
}

Outcome Compare(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  VALENCE_TRY(const pipeline::CrossValidation validation,
              Judge(context, params, flags, "compare", pipeline::NamedCandidates(params)));
  VALENCE_RETURN_IF_ERROR(Print(context.json ? validation.ToJson().Dump(2) + '\n' : Text(validation)));
  return kSuccess;
}

void Add(CLI::App& command, Context& context, const std::shared_ptr<Flags>& flags,
         Outcome (*work)(const Context&, const Flags&)) {
  AddParamsFlags(command, context);
  AddJsonFlag(command, context);
  AddTrackingFlags(command, flags->tracking, /*makes_runs=*/true);
  command.callback(
      [&context, flags, work] { context.action = [&context, flags, work] { return work(context, *flags); }; });
}

}  // namespace

void AddTune(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("tune", "Find the best parameters of a grid by cross-validation on the training documents");
  command->add_option("-o,--output", flags->output, "Where the best parameters go")
      ->type_name("FILE")
      ->capture_default_str();
  Add(*command, context, flags, Tune);
}

void AddCompare(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("compare", "Set named settings against the parameters in force, by cross-validation");
  Add(*command, context, std::make_shared<Flags>(), Compare);
}

}  // namespace valence::app
