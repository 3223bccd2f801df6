// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kept_rows.h"
#include "row_collector.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

/// Counts the rows by reason. Requires that all checks have run.
void CountRows(const Collected& collected, IngestReport* report);

/// Labels, lengths (percentiles as numpy.percentile) and warnings of the documents.
void DescribeKept(const KeptRows& kept, IngestReport* report);

/// Fails if a share of rejected rows is above its limit, with the figure and an example.
Status CheckShares(const IngestConfig& config, const Collected& collected, const IngestReport& report);

/// Fails unless the data set can train and evaluate a classifier: two labels or more, each with
/// config.min_label_documents, and no label that only the test part has.
Status CheckLabels(const IngestConfig& config, const IngestReport& report);

}  // namespace valence::data::internal
