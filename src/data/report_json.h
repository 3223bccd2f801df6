// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/base/json.h"
#include "valence/data/contract.h"

namespace valence::data::internal {

/// A row as reports/data.json shows it: source, row, detail, text; what is empty is left out.
Json ToJson(const RowExample& example);

}  // namespace valence::data::internal
