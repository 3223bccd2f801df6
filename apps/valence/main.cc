// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <system_error>

#include "commands.h"
#include "terminal.h"
#include "valence/base/log.h"
#include "valence/base/version.h"
#include "valence/linalg/parallel.h"

namespace valence::app {
namespace {

void AddGlobalFlags(CLI::App& app, Context& context) {
  app.set_version_flag("--version", std::string("valence ") + std::string(kVersion));
  app.add_option_function<std::string>(
         "-C",
         [](const std::string& folder) {
           std::error_code error;
           std::filesystem::current_path(folder, error);
           if (error) throw CLI::ValidationError("-C", folder + ": " + error.message());
         },
         "Work in this folder, as git and make do")
      ->type_name("DIR")
      ->trigger_on_parse();
  app.add_option("--threads", context.threads, "Threads to use (default: every core)")->check(CLI::Range(1, 1024));
  app.add_flag("-q,--quiet", context.quiet, "No progress on standard error");
  app.add_option("--log-level", context.log_level, "What to log on standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  app.add_option("--log-format", context.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void AddCommands(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  app.fallthrough();
  AddRun(app, context);
  AddIngest(app, context);
  AddPreprocess(app, context);
  AddFeaturize(app, context);
  AddTrain(app, context);
  AddEvaluate(app, context);
  AddRegister(app, context);
  AddPromote(app, context);
  AddModels(app, context);
  AddRuns(app, context);
  AddTune(app, context);
  AddCompare(app, context);
  AddPredict(app, context);
  AddExplain(app, context);
  AddServe(app, context);
  AddApiKey(app, context);
  AddExport(app, context);
  AddVerify(app, context);
  AddParams(app, context);
  AddCompletions(app, context);
  AddVersion(app, context);
}

int Fail(const Error& error) {
  PrintStderr(fmt::format("valence: {}\n", error.message));
  return ToExitCode(error.code);
}

int Main(int argc, char** argv) {
  CLI::App app("From labelled text to a served, explained sentiment model.", "valence");
  Context context;
  AddGlobalFlags(app, context);
  AddCommands(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kUsage;
  }
  const auto level = log::ParseLevel(context.log_level);
  if (!level) return Fail(level.error());
  log::Configure(*level, context.log_format == "json" ? log::Format::kJson : log::Format::kText);
  if (context.threads > 0) linalg::SetThreads(context.threads);

  const Outcome outcome = context.action();
  return outcome ? *outcome : Fail(outcome.error());
}

}  // namespace
}  // namespace valence::app

int main(int argc, char** argv) {
  // A reader that went away shows as an error of write(2), not as a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return valence::app::Main(argc, argv);
  } catch (const std::exception& error) {
    valence::app::PrintStderr(fmt::format("valence: internal error: {}\n", error.what()));
    return valence::app::kInternalError;
  }
}
