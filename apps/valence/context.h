// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "exit_code.h"
#include "valence/base/result.h"
#include "valence/pipeline/params.h"

namespace valence::app {

/// What a command answers: its exit code, or an error that main prints and maps.
using Outcome = Result<ExitCode>;

/// Flags that every command has, and the command that was chosen.
struct Context {
  std::string params_file;  ///< "" means params.yaml if there is one
  std::vector<std::string> overrides;
  bool json = false;
  bool quiet = false;
  int threads = 0;
  std::string log_level = "info";
  std::string log_format = "text";
  std::function<Outcome()> action;

  Result<pipeline::Params> LoadParams() const;
};

/// Adds the flags that read params.yaml: --params, --set.
void AddParamsFlags(CLI::App& command, Context& context);
/// Adds --json.
void AddJsonFlag(CLI::App& command, Context& context);

/// Writes to stdout; error kUnavailable if the reader is gone or the disk is full.
Status Print(std::string_view bytes);

}  // namespace valence::app
