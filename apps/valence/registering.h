// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "context.h"
#include "tracking_session.h"
#include "valence/pipeline/registering.h"
#include "valence/pipeline/stages.h"

/// What `register`, `promote`, `models` and `run` share.
namespace valence::app {

/// Registers the model in the current folder. The run is `run`, or the one that tracked this model before, or one made
/// now. A server without a registry: the local registry takes it, said loudly.
Result<tracking::ModelVersion> RegisterModel(const pipeline::Params& params, const pipeline::Layout& layout,
                                             const pipeline::Trained& trained, const TrackingFlags& flags,
                                             const std::optional<tracking::Published>& run);

/// The stores, with the local registry in place of one that the server does not have.
Result<tracking::Stores> OpenStoresWithRegistry(const TrackingFlags& flags);

/// Promote with its outcome on the terminal or as JSON.
Outcome PromoteModel(const Context& context, const pipeline::Params& params, const TrackingFlags& flags,
                     const pipeline::PromoteRequest& request);

}  // namespace valence::app
