// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "valence/base/environment.h"

namespace valence::app {

/// Sets the options of `command` and its parent that no flag has set: by the environment (VALENCE_MAX_BODY_BYTES for
/// --max-body-bytes), else by `config_file` (TOML: `max-body-bytes = 1000000`; "" is none, or VALENCE_CONFIG). To be
/// called in the command's callback. Throws CLI::ParseError, as parsing does, naming the variable or the file and key.
void ApplySettings(CLI::App& command, std::string config_file, const Environment& environment);

}  // namespace valence::app
