// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

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

Result<pipeline::CrossValidation> Judge(const Context& context, const pipeline::Params& params, const char* name,
                                        std::vector<pipeline::Candidate> candidates, Json* seconds) {
  ProgressBar progress(name, context.quiet);
  auto validation =
      pipeline::CrossValidate(params.cross_validation, std::move(candidates), pipeline::Layout(), progress);
  seconds->Set(name, progress.seconds());
  if (validation) progress.Summarise(fmt::format("{} candidates", validation->candidates.size()));
  return validation;
}

/// Judges the candidates, shows what came of it, and keeps the run, called `name` as the command is. Neither a file
/// that cannot be written nor a server that is away takes the other's place.
Outcome JudgeAndTrack(const Context& context, const pipeline::Params& params, const Flags& flags, const char* name,
                      std::vector<pipeline::Candidate> candidates,
                      const std::function<Status(const pipeline::CrossValidation&)>& show) {
  TrackingSession session(params, flags.tracking, fmt::format("valence {}", name));
  Json seconds = Json::MakeObject();
  const auto validation = Judge(context, params, name, std::move(candidates), &seconds);
  if (!validation) {
    session.Fail(validation.error(), seconds);
    return validation.error();
  }
  const Status shown = show(*validation);
  VALENCE_RETURN_IF_ERROR(session.Finish(pipeline::Layout(), name, *validation, seconds));
  VALENCE_RETURN_IF_ERROR(shown);
  return kSuccess;
}

std::string Text(const pipeline::CrossValidation& validation) {
  return fmt::format("\n{}\n{}", CandidatesTable(validation), CandidatesVerdict(validation));
}

/// Writes the best parameters and prints everything.
Status ShowBest(const Context& context, const Flags& flags, const pipeline::CrossValidation& validation) {
  const pipeline::Candidate& best = validation.candidates[validation.best()];
  const Status written = WriteFile(flags.output, pipeline::ParamsYaml(best.params));
  const std::string advice = fmt::format("  written: {0}; try it: valence run --params {0}\n", flags.output);
  VALENCE_RETURN_IF_ERROR(Print(context.json ? validation.ToJson().Set("output", flags.output).Dump(2) + '\n'
                                             : Text(validation) + (written ? advice : "")));
  return written;
}

Outcome Tune(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  VALENCE_TRY(std::vector<pipeline::Candidate> candidates, pipeline::GridCandidates(params));
  return JudgeAndTrack(context, params, flags, "tune", std::move(candidates),
                       [&](const auto& validation) { return ShowBest(context, flags, validation); });
}

Outcome Compare(const Context& context, const Flags& flags) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  VALENCE_TRY(std::vector<pipeline::Candidate> candidates, pipeline::NamedCandidates(params));
  return JudgeAndTrack(context, params, flags, "compare", std::move(candidates), [&](const auto& validation) {
    return Print(context.json ? validation.ToJson().Dump(2) + '\n' : Text(validation));
  });
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
