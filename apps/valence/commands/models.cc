// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "promotion_view.h"
#include "registering.h"

namespace valence::app {
namespace {

struct Flags {
  TrackingFlags tracking;
  std::string version, reason;
};

using Work = std::function<Outcome(const pipeline::Params&, const tracking::Stores&, const Flags&)>;

/// A subcommand of `models` on the opened stores.
CLI::App* Add(CLI::App& models, Context& context, const char* name, const char* help,
              const std::shared_ptr<Flags>& flags, Work work) {
  CLI::App* command = models.add_subcommand(name, help);
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  AddTrackingFlags(*command, flags->tracking, /*makes_runs=*/false);
  command->callback([&context, flags, work = std::move(work)] {
    context.action = [&context, flags, work]() -> Outcome {
      VALENCE_TRY(const pipeline::Params params, context.LoadParams());
      VALENCE_TRY(const tracking::Stores stores, OpenStoresWithRegistry(flags->tracking));
      return work(params, stores, *flags);
    };
  });
  return command;
}

Outcome List(const Context& context, const tracking::Stores& stores) {
  VALENCE_TRY(const auto models, AsEnvironment(stores.registry->ListModels()));
  std::vector<tracking::ModelVersion> all;
  for (const auto& model : models) {
    VALENCE_TRY(auto versions, AsEnvironment(stores.registry->ListVersions(model.name)));
    all.insert(all.end(), std::make_move_iterator(versions.begin()), std::make_move_iterator(versions.end()));
  }
  Json json = Json::MakeArray();
  for (const auto& version : all) json.Push(VersionJson(version));
  VALENCE_RETURN_IF_ERROR(Print(context.json ? json.Dump(2) + '\n' : VersionsTable(all)));
  return kSuccess;
}

Outcome Show(const Context& context, const pipeline::Params& params, const tracking::Stores& stores,
             const std::string& version) {
  const std::string& model = params.registering.model;
  const std::string wanted = version.empty() ? params.promote.alias : version;
  const bool is_number = wanted.find_first_not_of("0123456789") == std::string::npos;
  VALENCE_TRY(const auto found, AsEnvironment(is_number ? stores.registry->GetVersion(model, wanted)
                                                        : stores.registry->GetVersionByAlias(model, wanted)));
  return PrintVersion(context, found);
}

Outcome History(const Context& context, const pipeline::Params& params, const tracking::Stores& stores) {
  VALENCE_TRY(const auto history,
              AsEnvironment(registry::FullHistory(*stores.registry, params.registering.model, pipeline::kHistoryFile)));
  Json json = Json::MakeArray();
  for (const auto& move : history) json.Push(move.ToJson());
  VALENCE_RETURN_IF_ERROR(Print(context.json ? json.Dump(2) + '\n' : HistoryTable(history)));
  return kSuccess;
}

Outcome RunRollback(const Context& context, const pipeline::Params& params, const tracking::Stores& stores,
                    const Flags& flags) {
  VALENCE_TRY(const registry::Move move,
              AsEnvironment(pipeline::Rollback(params, stores, flags.version, flags.reason)));
  VALENCE_RETURN_IF_ERROR(Print(context.json ? move.ToJson().Dump(2) + '\n'
                                             : fmt::format("  {} is version {} again (was {})\n", move.alias, move.to,
                                                           move.from.empty() ? "unset" : move.from)));
  return kSuccess;
}

}  // namespace

void AddModels(CLI::App& app, Context& context) {
  CLI::App* models = app.add_subcommand("models", "Registered models: list, show, history, compare, promote, rollback");
  models->require_subcommand(1);
  const auto flags = std::make_shared<Flags>();
  Add(*models, context, "list", "Every version of every registered model, newest first", flags,
      [&context](const auto&, const auto& stores, const auto&) { return List(context, stores); });
  Add(*models, context, "show", "One version, by number or alias (default: the champion)", flags,
      [&context](const auto& params, const auto& stores, const auto& f) {
        return Show(context, params, stores, f.version);
      })
      ->add_option("VERSION", flags->version, "Number or alias");
  Add(*models, context, "history", "Who moved which alias when, from where to where, and why", flags,
      [&context](const auto& params, const auto& stores, const auto&) { return History(context, params, stores); });
  AddPromoteTo(*models, context, "compare", "Judge a challenger against the champion; nothing moves", true);
  AddPromoteTo(*models, context, "promote", "As 'valence promote'", false);
  CLI::App* rollback = Add(*models, context, "rollback", "Give the champion alias back to the version before", flags,
                           [&context](const auto& params, const auto& stores, const auto& f) {
                             return RunRollback(context, params, stores, f);
                           });
  rollback->add_option("--to", flags->version, "This version instead")->type_name("VERSION");
  rollback->add_option("--reason", flags->reason, "Why, for the history");
}

}  // namespace valence::app
