// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/verify.h"

#include <fmt/format.h>

#include "commands.h"
#include "model_loading.h"
#include "progress_bar.h"
#include "terminal.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model = pipeline::Layout().model.string();
  std::vector<std::string> data;
};

Outcome RunVerify(const Context& context, const Flags& flags) {
  pipeline::Verified verified;
  {
    ProgressBar progress("verify", context.quiet);
    VALENCE_TRY(const LoadedModel loaded, LoadModel(flags.model, progress));
    VALENCE_TRY(verified, pipeline::Verify(loaded.source.file, {flags.data.begin(), flags.data.end()}, progress));
    progress.Summarise(verified.equal ? "equal, byte for byte" : "NOT equal");
  }
  if (context.json) {
    VALENCE_RETURN_IF_ERROR(Print(Json::MakeObject({{"equal", verified.equal},
                                                    {"sha256", verified.digest},
                                                    {"remade_sha256", verified.remade_digest},
                                                    {"train", verified.train_from},
                                                    {"test", verified.test_from}})
                                      .Dump(2) +
                                  '\n'));
  } else {
    VALENCE_RETURN_IF_ERROR(
        Print(fmt::format("  {}  made again from {} and {}\n  sha256 of the file  {}\n  sha256 made "
                          "again   {}\n",
                          verified.equal ? Styled("equal", "32") : Styled("NOT equal", "31"), verified.train_from,
                          verified.test_from, verified.digest, verified.remade_digest)));
  }
  return verified.equal ? kSuccess : kGateRefused;
}

}  // namespace

void AddVerify(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "verify", "Make a model again from the data it names and compare the bytes; exit 1 if they differ");
  const auto flags = std::make_shared<Flags>();
  AddJsonFlag(*command, context);
  command->add_option("MODEL", flags->model, "File, folder or URI, as --model elsewhere")->capture_default_str();
  command->add_option("--data", flags->data, "File or folder that may hold its data (repeatable)")->type_name("PATH");
  command->callback([&context, flags] { context.action = [&context, flags] { return RunVerify(context, *flags); }; });
}

}  // namespace valence::app
