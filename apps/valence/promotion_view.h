// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "context.h"
#include "valence/base/json.h"
#include "valence/pipeline/registering.h"
#include "valence/registry/history.h"
#include "valence/tracking/registry_store.h"

/// How versions, comparisons and histories look to people and programs.
namespace valence::app {

std::string PromotedText(const pipeline::Params& params, const pipeline::Promoted& promoted);
Json PromotedJson(const pipeline::Params& params, const pipeline::Promoted& promoted);

Json VersionJson(const tracking::ModelVersion& version);
Outcome PrintVersion(const Context& context, const tracking::ModelVersion& version);

std::string VersionsTable(const std::vector<tracking::ModelVersion>& versions);
std::string HistoryTable(const std::vector<registry::Move>& history);

/// Milliseconds since 1970 as "2026-01-31 23:59" (UTC), or "" for 0.
std::string TimeText(std::int64_t milliseconds);

}  // namespace valence::app
