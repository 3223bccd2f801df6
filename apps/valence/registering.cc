// SPDX-License-Identifier: Apache-2.0
#include "registering.h"

#include <fmt/format.h>

#include "progress_bar.h"
#include "promotion_view.h"
#include "summary.h"
#include "terminal.h"
#include "valence/base/log.h"
#include "valence/base/numbers.h"

namespace valence::app {

Result<tracking::Stores> OpenStoresWithRegistry(const TrackingFlags& flags) {
  VALENCE_TRY(tracking::Stores stores, OpenStores(flags));
  VALENCE_TRY(const tracking::Capabilities can, AsEnvironment(stores.tracking->Probe()));
  if (can.registry && can.aliases) return stores;
  log::Warning(fmt::format("{} has no model registry with aliases: versions and aliases are kept in {} on this machine",
                           stores.tracking->uri(), kLocalStore));
  VALENCE_TRY(const tracking::Stores local, AsEnvironment(tracking::OpenSqlite(kLocalStore, {})));
  stores.registry = local.registry;
  return stores;
}

Result<tracking::ModelVersion> RegisterModel(const pipeline::Params& params, const pipeline::Layout& layout,
                                             const pipeline::Trained& trained, const TrackingFlags& flags,
                                             const std::optional<tracking::Published>& run) {
  VALENCE_TRY(const tracking::Stores stores, OpenStoresWithRegistry(flags));
  std::optional<tracking::Published> tracked = run;
  if (!tracked) {
    VALENCE_TRY(tracked,
                AsEnvironment(pipeline::FindTrackedRun(*stores.tracking, params.tracking.experiment, trained.digest)));
  }
  if (!tracked) {
    TrackingFlags required = flags;
    required.required = true;  // a version needs its run on the same server
    pipeline::Params tracking_on = params;
    tracking_on.tracking.enabled = true;
    TrackingSession session(tracking_on, required, "valence register");
    VALENCE_TRY(tracked, session.Finish(layout, trained, Json()));
  }
  return AsEnvironment(
      pipeline::Register(stores, params.registering, trained.digest, *tracked, fmt::format("Run {}", tracked->run_id)));
}

Outcome PromoteModel(const Context& context, const pipeline::Params& params, const TrackingFlags& flags,
                     const pipeline::PromoteRequest& request) {
  VALENCE_TRY(const tracking::Stores stores, OpenStoresWithRegistry(flags));
  pipeline::Promoted promoted;
  {
    ProgressBar progress(request.dry_run ? "compare" : "promote", context.quiet);
    VALENCE_TRY(promoted, pipeline::Promote(params, pipeline::Layout(), stores, request, progress));
    progress.Summarise(WithThousands(static_cast<std::int64_t>(promoted.verdict.documents)) + " documents");
  }
  VALENCE_RETURN_IF_ERROR(
      Print(context.json ? PromotedJson(params, promoted).Dump(2) + '\n' : PromotedText(params, promoted)));
  if (promoted.verdict.passed || request.dry_run) return kSuccess;
  for (const std::string& refusal : promoted.verdict.Refusals()) PrintStderr("promotion refused: " + refusal + '\n');
  return kGateRefused;
}

}  // namespace valence::app
