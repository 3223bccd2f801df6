// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "valence/evaluation/report.h"

namespace valence::evaluation {

/// What a report of a made-up model shows: computed metrics of random answers (fixed seed), words and documents with
/// everything in them that could break a page.
ReportInput SampleReport(std::size_t classes);

}  // namespace valence::evaluation
