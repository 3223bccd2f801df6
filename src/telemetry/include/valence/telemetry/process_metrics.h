// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "valence/telemetry/registry.h"

namespace valence::telemetry {

/// Adds the process_* metrics of Prometheus' client libraries: CPU seconds, resident and virtual memory, open and
/// allowed file descriptors, start time. Read from /proc at each scrape.
void AddProcessMetrics(Registry* registry);

}  // namespace valence::telemetry
