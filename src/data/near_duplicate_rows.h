// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kept_rows.h"
#include "near_duplicates.h"
#include "valence/data/near_duplicate_report.h"

namespace valence::data::internal {

/// Near-duplicates among the kept rows, as indices of documents in TakeKeptRows().
std::vector<NearDuplicate> FindNearDuplicateRows(const Collected& collected, double similarity);

/// Rejects as near_duplicate each kept row that is too similar to one that stays; rows of the train part stay before
/// those of the test part, then earlier ones. Afterwards no pair is left. Call it before TakeKeptRows().
void RejectNearDuplicates(const std::vector<NearDuplicate>& pairs, Collected* collected);

NearDuplicateReport ReportNearDuplicates(const KeptRows& kept, const std::vector<NearDuplicate>& pairs,
                                         double similarity);

}  // namespace valence::data::internal
