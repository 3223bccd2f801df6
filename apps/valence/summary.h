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

/// Rows in, kept, rejected by reason; labels by part; near-duplicates and what became of the contract.
std::string IngestTable(const data::IngestReport& report);

/// "contract breached: rows.max_empty_share: 0.2 is above the limit 0.1" for each breached rule, the rows that show it
/// below, and where to read on. Empty if the data are accepted.
std::string ContractBreaches(const data::IngestReport& report);

/// Metrics with their intervals, and the gate's bound beside those it watches.
std::string MetricsTable(const evaluation::Metrics& metrics, const evaluation::GateResult& gate);

/// "gate refused: accuracy 0.71 is below the minimum 0.75" for each failed check, one a line.
std::string GateFailures(const evaluation::GateResult& gate);

Json GateJson(const evaluation::GateResult& gate);

}  // namespace valence::app
