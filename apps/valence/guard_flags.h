// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "valence/serving/server.h"

namespace valence::app {

/// Adds the flags of `valence serve` that say who may ask, how often, and what is recorded.
void AddGuardFlags(CLI::App& command, serving::ServeConfig& config);

}  // namespace valence::app
