// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/data/ingest.h"
#include "valence/evaluation/metrics.h"
#include "valence/evaluation/report.h"

/// What people and programs read at the end of a command.
namespace valence::app {

/// Rows in, kept, rejected by reason; labels by part.
std::string IngestTable(const data::IngestReport& report);

/// Metrics with their intervals, and the gate's bound beside those it watches.
std::string MetricsTable(const evaluation::Metrics& metrics, const evaluation::GateResult& gate);

/// "gate refused: accuracy 0.71 is below the minimum 0.75" for each failed check, one a line.
std::string GateFailures(const evaluation::GateResult& gate);

Json GateJson(const evaluation::GateResult& gate);

}  // namespace valence::app
