// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/tracking/run.h"

/// How tracked runs look to people and programs.
namespace valence::app {

/// The metric's latest value; NaN if the run has none.
double MetricOf(const tracking::Run& run, std::string_view key);

/// One line a run: mark, id, name, start, status, the metrics named.
std::string RunsTable(const std::vector<tracking::Run>& runs, const std::vector<std::string>& metrics);
/// Parameters that differ and all metrics named, one column a run.
std::string ComparisonTable(const std::vector<tracking::Run>& runs, const std::vector<std::string>& metrics);
/// Everything of one run.
std::string RunText(const tracking::Run& run);
Json RunJson(const tracking::Run& run);

/// Letter of the i-th run in tables and plots: a..z, A..Z, then '*'.
char MarkOf(std::size_t i);

}  // namespace valence::app
