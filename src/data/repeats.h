// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "row_collector.h"

namespace valence::data::internal {

/// Puts the rows in the order of their members' names (reviews of the aclImdb layout: of their ids), so that a folder
/// and an archive of the same files, packed in any order, give the same data set. Rows of one file keep their order.
void SortRows(Collected* collected);

/// Looks at kept rows with byte-identical texts. Two labels: all copies are rejected as conflicting_label. One label:
/// a copy in the test part whose text is also in train is leakage; else the first is kept and the others are
/// duplicate. The detail names the other row.
void RejectRepeats(Collected* collected);

}  // namespace valence::data::internal
