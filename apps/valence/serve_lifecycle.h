// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/serving/server.h"

namespace valence::app {

/// The flags of `serve` that say which models are served and how they are replaced.
struct LifecycleFlags {
  std::string watch;  ///< seconds, or "" for --watch alone
  CLI::Option* watches = nullptr;
  std::vector<std::string> canaries;
  std::vector<std::string> shadows;
  serving::AdminOptions admin;
  std::string admin_token_file;
  CLI::Option* admin_port = nullptr;
};

void AddLifecycleFlags(CLI::App& command, LifecycleFlags& flags);

/// The listener that --admin-port asks for, with the token of --admin-token-file or $VALENCE_ADMIN_TOKEN. Errors:
/// kInvalidArgument if there is no token or it is too short; as ReadFile.
Result<serving::AdminOptions> MakeAdminOptions(const LifecycleFlags& flags);

/// `models`: the values of --model. Errors: kInvalidArgument.
Result<serving::LifecycleOptions> MakeLifecycleOptions(const std::vector<std::string>& models,
                                                       const LifecycleFlags& flags);

}  // namespace valence::app
