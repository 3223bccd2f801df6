// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "context.h"

/// One function a subcommand: adds it to `app`; when the user chose it, context.action runs it.
namespace valence::app {

void AddRun(CLI::App& app, Context& context);
void AddIngest(CLI::App& app, Context& context);
void AddPreprocess(CLI::App& app, Context& context);
void AddFeaturize(CLI::App& app, Context& context);
void AddTrain(CLI::App& app, Context& context);
void AddEvaluate(CLI::App& app, Context& context);
void AddRegister(CLI::App& app, Context& context);
void AddPromote(CLI::App& app, Context& context);
/// `promote`, or with `dry_run` its comparison alone, under another name.
void AddPromoteTo(CLI::App& app, Context& context, const char* name, const char* help, bool dry_run);
void AddModels(CLI::App& app, Context& context);
void AddRuns(CLI::App& app, Context& context);
/// `tune` and `compare`: settings judged by cross-validation.
void AddTune(CLI::App& app, Context& context);
void AddCompare(CLI::App& app, Context& context);
void AddPredict(CLI::App& app, Context& context);
void AddExplain(CLI::App& app, Context& context);
void AddServe(CLI::App& app, Context& context);
void AddApiKey(CLI::App& app, Context& context);
void AddExport(CLI::App& app, Context& context);
void AddVerify(CLI::App& app, Context& context);
void AddParams(CLI::App& app, Context& context);
void AddCompletions(CLI::App& app, Context& context);
void AddVersion(CLI::App& app, Context& context);

}  // namespace valence::app
