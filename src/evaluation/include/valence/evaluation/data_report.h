// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/json.h"

namespace valence::evaluation {

/// reports/data.json as data.html: rows, labels and lengths, the contract's rules with the rows that breach them, and
/// near-duplicates. One file that loads nothing and has no script. Members that are missing, null or of another type
/// are left out; all texts are escaped. Same report, same bytes.
std::string RenderDataReport(const Json& data_report, std::string_view valence_version);

/// What of reports/data.json the evaluation report repeats: all but rules and examples, which data.html lists.
Json SummariseDataReport(const Json& data_report);

}  // namespace valence::evaluation
