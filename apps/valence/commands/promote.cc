// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "registering.h"

namespace valence::app {
namespace {

struct Flags {
  TrackingFlags tracking;
  pipeline::PromoteRequest request;
  std::string data;
};

}  // namespace

void AddPromoteTo(CLI::App& app, Context& context, const char* name, const char* help, bool dry_run) {
  CLI::App* command = app.add_subcommand(name, help);
  const auto flags = std::make_shared<Flags>();
  flags->request.dry_run = dry_run;
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  AddTrackingFlags(*command, flags->tracking, /*makes_runs=*/false);
  command->add_option("VERSION", flags->request.version, "The challenger (default: the version with that alias)");
  command->add_option("--data", flags->data, "Judge on this labelled CSV (default: data/raw/test.csv)")
      ->type_name("CSV");
  if (!dry_run) command->add_option("--reason", flags->request.reason, "Why, for the history");
  command->callback([&context, flags] {
    flags->request.data = flags->data;
    context.action = [&context, flags]() -> Outcome {
      VALENCE_TRY(const pipeline::Params params, context.LoadParams());
      return PromoteModel(context, params, flags->tracking, flags->request);
    };
  });
}

void AddPromote(CLI::App& app, Context& context) {
  AddPromoteTo(app, context, "promote",
               "Make the challenger champion if it holds its ground on the same held-out texts; exit 1 if not", false);
}

}  // namespace valence::app
